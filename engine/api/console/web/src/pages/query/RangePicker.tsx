import { Select } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import { formatDuration } from "../../parts/format";
import { TimeField } from "../../parts/TimeField";
import { useT } from "../../texts";
import classes from "./query.module.css";
import { choiceOf, lengthOf, lengths, type Length, type TimeRange } from "./range";

const names = Object.keys(lengths) as Length[];

/** The time a statement is run for. Without one, the statement's own bounds hold. */
export function RangePicker({ range, onChange }: { range: TimeRange | null; onChange: (range: TimeRange | null) => void }) {
  const t = useT();
  const choice = choiceOf(range);
  const seconds = (range && lengthOf(range)) ?? lengths.day;
  const pick = (to: string | null) => {
    if (to === choice || to === "last") return;
    if (to === "any" || to === null) return onChange(null);
    if (to !== "custom") return onChange({ last: `${lengths[to as Length]}s` });
    const now = new Date();
    now.setUTCSeconds(0, 0);
    onChange({ startTime: new Date(now.getTime() - seconds * 1000).toISOString(), endTime: now.toISOString() });
  };
  return (
    <div className={classes["range"]} role="group" aria-label={t("query.range.label")}>
      <Select
        aria-label={t("query.range.label")}
        leftSection={<IconClock size={14} stroke={1.7} aria-hidden />}
        w="10rem"
        data={["any", ...names, ...(choice === "last" ? ["last"] : []), "custom"].map((value) => ({ value, label: t(`query.range.${value as Length | "last"}`, { time: formatDuration(seconds * 1000) }) }))}
        value={choice}
        onChange={pick}
        allowDeselect={false}
      />
      {choice === "custom" && (
        <>
          <TimeField aria-label={t("query.range.from")} placeholder={t("query.range.from")} value={range?.startTime} onChange={(startTime) => { onChange({ ...range, last: undefined, startTime }); }} withSeconds w="11.5rem" />
          <span aria-hidden>–</span>
          <TimeField aria-label={t("query.range.to")} placeholder={t("query.range.to")} value={range?.endTime} onChange={(endTime) => { onChange({ ...range, last: undefined, endTime }); }} withSeconds w="11.5rem" />
          <span className={classes["soft"]}>UTC</span>
        </>
      )}
    </div>
  );
}
