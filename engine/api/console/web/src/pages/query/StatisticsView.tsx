import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data, int, type Schema } from "../../api/client";
import { formatCount } from "../../parts/format";
import { ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { useT } from "../../texts";
import classes from "./query.module.css";

type Statistics = Schema<"ColumnStatistics"> & { number: number };

/** What is in each column of a result: how many values, which are frequent. */
export function StatisticsView({ queryId, total }: { queryId: string; total: number }) {
  const t = useT();
  const statistics = useQuery({
    queryKey: ["statistics", queryId],
    queryFn: ({ signal }) => api.GET("/api/v1/queries/{queryId}/statistics", { params: { path: { queryId } }, signal }).then(data),
    staleTime: Infinity,
  });
  const columns = useMemo<TableColumn<Statistics>[]>(
    () => [
      { id: "name", header: t("query.statistics.column"), value: (s) => s.column?.name ?? "", cell: (s) => <><strong>{s.column?.name}</strong><Text size="xs" c="dimmed" maw="14rem" truncate>{s.column?.type}</Text></> },
      { id: "values", header: t("query.statistics.values"), right: true, value: (s) => int(s.values), cell: (s) => formatCount(int(s.values)) },
      { id: "nulls", header: "NULL", right: true, value: (s) => int(s.nulls), cell: (s) => <NullShare nulls={int(s.nulls)} total={total} /> },
      { id: "distinct", header: t("query.statistics.distinct"), right: true, value: (s) => int(s.distinct), cell: (s) => `${s.distinctApproximate ? "≈ " : ""}${formatCount(int(s.distinct))}` },
      { id: "min", header: t("query.statistics.min"), cell: (s) => <span className={classes["statValue"]}>{s.min}</span> },
      { id: "max", header: t("query.statistics.max"), cell: (s) => <span className={classes["statValue"]}>{s.max}</span> },
      { id: "top", header: t("query.statistics.top"), cell: (s) => <TopValues values={s.topValues} total={total} /> },
    ],
    [t, total],
  );
  if (statistics.isError) return <ErrorState error={statistics.error} retry={() => void statistics.refetch()} />;
  if (!statistics.data) return <LoadingRows />;
  return <Table caption={t("query.views.statistics")} columns={columns} rows={statistics.data.columns.map((s, number) => ({ ...s, number }))} rowKey={(s) => String(s.number)} />;
}

function NullShare({ nulls, total }: { nulls: number; total: number }) {
  if (nulls === 0) return <Text span c="dimmed">0</Text>;
  return <>{formatCount(nulls)} <Text span size="xs" c="dimmed">{Math.round((nulls / total) * 100)} %</Text></>;
}

// The five most frequent, each with a bar of its share.
function TopValues({ values, total }: { values: Schema<"ValueCount">[]; total: number }) {
  return (
    <div className={classes["top"]}>
      {values.slice(0, 5).map((v) => (
        <div key={v.value} className={classes["topLine"]} title={v.value}>
          <span className={classes["topBar"]} style={{ width: `${Math.max(1, (int(v.count) / total) * 100)}%` }} />
          <span className={classes["topValue"]}>{v.value === "" ? "''" : v.value}</span>
          <span className={classes["topCount"]}>{formatCount(int(v.count))}</span>
        </div>
      ))}
    </div>
  );
}
