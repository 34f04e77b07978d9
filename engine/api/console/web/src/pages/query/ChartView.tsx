import { Group, MultiSelect, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconChartBar, IconChartBarOff, IconChartLine } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Schema } from "../../api/client";
import { Chart, type ChartOption } from "../../parts/Chart";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { useT } from "../../texts";
import { chartRows, choose, seriesOf, type ChartChoice } from "./chartData";
import { isNumeric } from "./columnTypes";
import classes from "./query.module.css";
import { fetchRows } from "./rows";

/** A result as bars or lines. */
export function ChartView({ queryId, columns, total }: { queryId: string; columns: Schema<"ResultColumn">[]; total: number }) {
  const t = useT();
  const first = useMemo(() => choose(columns), [columns]);
  const [choice, setChoice] = useState<ChartChoice | null>(first);
  const rows = useQuery({
    queryKey: ["chart", queryId, Math.min(total, chartRows)],
    queryFn: ({ signal }) => fetchRows(queryId, 0, chartRows, 100, signal),
    staleTime: Infinity,
    enabled: first !== null,
  });
  const drawn = useMemo(() => (rows.data && choice ? seriesOf(columns, rows.data.rows, choice) : null), [rows.data, choice, columns]);
  const option = useMemo<ChartOption | null>(() => {
    if (!drawn || !choice) return null;
    return {
      xAxis: { type: "category", data: drawn.categories },
      yAxis: { type: "value" },
      series: drawn.series.map((s) => ({ name: s.name, type: choice.kind, data: s.values, ...(choice.kind === "line" ? { symbolSize: 5, connectNulls: true } : { barMaxWidth: 42, ...(choice.split !== null && { stack: "all" }) }) })),
      ...(drawn.series.length > 1 && { legend: { top: 0 } }),
      ...(drawn.categories.length > 60 && { dataZoom: [{ type: "inside" as const }] }),
    };
  }, [drawn, choice]);

  if (!choice) return <EmptyState icon={IconChartBarOff} title={t("query.chart.none")}>{t("query.chart.noneHelp")}</EmptyState>;
  if (rows.isError) return <ErrorState error={rows.error} retry={() => void rows.refetch()} />;
  if (!option) return <LoadingRows />;
  const names = columns.map((c, i) => ({ value: String(i), label: c.name }));
  const numbers = names.filter((_, i) => isNumeric(columns[i]!.type));
  return (
    <Stack gap="xs" p="sm" className={classes["chartView"]}>
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          value={choice.kind}
          onChange={(kind) => { setChoice({ ...choice, kind: kind as "bar" }); }}
          data={[
            { value: "bar", label: <span className={classes["kind"]}><IconChartBar size={14} aria-hidden />{t("query.chart.bars")}</span> },
            { value: "line", label: <span className={classes["kind"]}><IconChartLine size={14} aria-hidden />{t("query.chart.lines")}</span> },
          ]}
        />
        <Select label={t("query.chart.x")} data={names} value={String(choice.x)} allowDeselect={false} onChange={(x) => { setChoice({ ...choice, x: Number(x) }); }} />
        <MultiSelect label={t("query.chart.y")} data={numbers} value={choice.y.map(String)} onChange={(y) => { if (y.length) setChoice({ ...choice, y: y.map(Number), split: y.length > 1 ? null : choice.split }); }} />
        <Select label={t("query.chart.split")} data={names} value={choice.split === null ? null : String(choice.split)} clearable disabled={choice.y.length > 1} onChange={(s) => { setChoice({ ...choice, split: s === null ? null : Number(s) }); }} />
        {total > chartRows && <Text size="xs" c="dimmed">{t("query.chart.first", { count: chartRows })}</Text>}
      </Group>
      <Chart option={option} height={300} label={t("query.chart.label", { x: columns[choice.x]!.name, y: choice.y.map((y) => columns[y]!.name).join(", ") })} />
    </Stack>
  );
}
