import { Group, SegmentedControl } from "@mantine/core";
import { TimeField } from "../../parts/TimeField";
import { useT } from "../../texts";
import { periodOf, ranges, type OverviewSearch, type Range } from "./search";

const names = Object.keys(ranges) as Range[];

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
          <TimeField aria-label={t("overview.from")} placeholder={t("overview.from")} value={search.from} onChange={(from) => { onChange({ ...search, from } as OverviewSearch); }} w="10.5rem" />
          <span aria-hidden>–</span>
          <TimeField aria-label={t("overview.to")} placeholder={t("overview.to")} value={search.to} onChange={(to) => { onChange({ ...search, to } as OverviewSearch); }} w="10.5rem" />
        </>
      )}
    </Group>
  );
}
