import { Select } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { IconClock } from "@tabler/icons-react";
import { useT } from "../../texts";
import classes from "./query.module.css";
import { lengths, type TimeRange } from "./range";

type Length = keyof typeof lengths;
const names = Object.keys(lengths) as Length[];

// The picker's text has no zone; here it is UTC.
const toPicker = (iso: string | undefined) => (iso ? iso.slice(0, 19).replace("T", " ") : null);
const fromPicker = (text: string | null) => (text ? `${text.slice(0, 19).replace(" ", "T")}Z` : undefined);

function lengthOf(range: TimeRange | null): Length | "any" | "custom" {
  if (!range) return "any";
  const seconds = range.last ? parseFloat(range.last) : null;
  return names.find((n) => lengths[n] === seconds) ?? "custom";
}

/** The time a statement is run for. Without one, the statement's own bounds hold. */
export function RangePicker({ range, onChange }: { range: TimeRange | null; onChange: (range: TimeRange | null) => void }) {
  const t = useT();
  const length = lengthOf(range);
  const pick = (to: string | null) => {
    if (to === "any" || to === null) return onChange(null);
    if (to !== "custom") return onChange({ last: `${lengths[to as Length]}s` });
    const seconds = range?.last ? parseFloat(range.last) : lengths.day;
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
        data={["any", ...names, "custom"].map((value) => ({ value, label: t(`query.range.${value as Length}`) }))}
        value={length}
        onChange={pick}
        allowDeselect={false}
      />
      {length === "custom" && (
        <>
          <DateTimePicker aria-label={t("query.range.from")} placeholder={t("query.range.from")} value={toPicker(range?.startTime)} onChange={(v) => { onChange({ ...range, last: undefined, startTime: fromPicker(v) }); }} valueFormat="YYYY-MM-DD HH:mm:ss" withSeconds clearable w="11.5rem" />
          <span aria-hidden>–</span>
          <DateTimePicker aria-label={t("query.range.to")} placeholder={t("query.range.to")} value={toPicker(range?.endTime)} onChange={(v) => { onChange({ ...range, last: undefined, endTime: fromPicker(v) }); }} valueFormat="YYYY-MM-DD HH:mm:ss" withSeconds clearable w="11.5rem" />
          <span className={classes["soft"]}>UTC</span>
        </>
      )}
    </div>
  );
}
