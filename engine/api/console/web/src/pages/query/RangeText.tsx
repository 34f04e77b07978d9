import { Time } from "../../parts/Time";
import { formatDuration } from "../../parts/format";
import { useT } from "../../texts";
import { choiceOf, lengthOf, type TimeRange } from "./range";

/** A time range in words. */
export function RangeText({ range }: { range: TimeRange | null }) {
  const t = useT();
  const choice = choiceOf(range);
  if (!range || choice !== "custom") return t(`query.range.${choice}`, { time: formatDuration(((range && lengthOf(range)) ?? 0) * 1000) });
  return (
    <>
      {range.startTime && <Time value={range.startTime} />} – {range.endTime && <Time value={range.endTime} />}
    </>
  );
}
