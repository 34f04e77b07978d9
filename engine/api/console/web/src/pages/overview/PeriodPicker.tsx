import { Group, SegmentedControl } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useT } from "../../texts";
import { periodOf, ranges, type OverviewSearch, type Range } from "./search";

const names = Object.keys(ranges) as Range[];

// The picker's text has no zone; here it is UTC.
const toPicker = (iso: string | undefined) => (iso ? iso.slice(0, 19).replace("T", " ") : null);
const fromPicker = (text: string | null) => (text ? `${text.slice(0, 19).replace(" ", "T")}Z` : undefined);

/** Picks a period: one that ends now, everything, or one of its own. */
export function PeriodPicker({ search, now, onChange }: { search: OverviewSearch; now: Date; onChange: (change: OverviewSearch) => void }) {
  const t = useT();
  const range = search.range ?? "week";
  const pick = (to: string) => {
    if (to !== "custom") return onChange({ range: to as Range });
    const { from, to: end } = periodOf(search, now);
    onChange({ range: "custom", from: (from ?? new Date(now.getTime() - 30 * 86_400_000)).toISOString(), to: (end ?? now).toISOString() });
  };
  return (
    <Group gap="xs">
      <SegmentedControl aria-label={t("overview.period")} value={range} onChange={pick} data={names.map((r) => ({ value: r, label: t(`overview.range.${r}`) }))} />
      {range === "custom" && (
        <>
          <DateTimePicker aria-label={t("overview.from")} placeholder={t("overview.from")} value={toPicker(search.from)} onChange={(v) => { onChange({ ...search, from: fromPicker(v) } as OverviewSearch); }} valueFormat="YYYY-MM-DD HH:mm" clearable w="10.5rem" />
          <span aria-hidden>–</span>
          <DateTimePicker aria-label={t("overview.to")} placeholder={t("overview.to")} value={toPicker(search.to)} onChange={(v) => { onChange({ ...search, to: fromPicker(v) } as OverviewSearch); }} valueFormat="YYYY-MM-DD HH:mm" clearable w="10.5rem" />
        </>
      )}
    </Group>
  );
}
