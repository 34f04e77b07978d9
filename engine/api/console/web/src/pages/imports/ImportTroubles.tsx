import { Badge, Button, Center, Code } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data, int, type Schema } from "../../api/client";
import { Mono } from "../../parts/Facts";
import { Count } from "../../parts/Figures";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT, type TextKey } from "../../texts";
import classes from "./imports.module.css";

type Failure = Schema<"ImportFailure">;
type Record = Schema<"QuarantinedRecord">;

/** What a list of troubles belongs to: it is asked for anew when the import has gone on, which at tells. */
type Troubles = { importId: string; count: number; at: string | undefined };

/** The objects an import could not read. */
export function FailureTable({ importId, count, at }: Troubles) {
  const t = useT();
  const failures = useInfiniteQuery({
    queryKey: ["failures", importId, at],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api.GET("/api/v1/imports/{importId}/failures", { params: { path: { importId }, query: { maxResults: 100, ...(pageParam && { nextToken: pageParam }) } }, signal }).then(data),
    getNextPageParam: (last) => last.nextToken || undefined,
    placeholderData: (before) => before,
  });
  const columns = useMemo<TableColumn<Failure>[]>(
    () => [
      { id: "location", header: t("imports.object"), value: (f) => f.location, cell: (f) => <Mono>{f.location}</Mono> },
      { id: "status", header: t("imports.statusName"), value: (f) => f.status, cell: (f) => <Badge miw="max-content" color={f.status === "SUCCEEDED" ? "lake" : f.status === "RETRY" ? "amber" : "red"} tt="none">{t(`imports.failure.${f.status}` as TextKey)}</Badge> },
      { id: "type", header: t("imports.errorType"), value: (f) => f.errorType },
      { id: "reason", header: t("imports.reason"), cell: (f) => <span className={classes["reason"]}>{f.errorMessage}</span> },
      { id: "time", header: t("imports.updated"), value: (f) => f.lastUpdatedTime ?? "", cell: (f) => <Time value={f.lastUpdatedTime} /> },
    ],
    [t],
  );
  if (failures.isError) return <ErrorState error={failures.error} retry={() => void failures.refetch()} />;
  if (!failures.data) return <LoadingRows rows={3} />;
  const rows = failures.data.pages.flatMap((p) => p.failures);
  if (rows.length === 0) return <EmptyState icon={IconCircleCheck} title={t("imports.noFailures")} />;
  return (
    <>
      <Table columns={columns} rows={rows} rowKey={(f) => f.location} caption={t("imports.failures", { count })} />
      {failures.hasNextPage && <More loading={failures.isFetchingNextPage} onClick={() => void failures.fetchNextPage()} />}
    </>
  );
}

/** The records an import kept aside because they are no events. */
export function QuarantineTable({ importId, count, at }: Troubles) {
  const t = useT();
  const records = useInfiniteQuery({
    queryKey: ["quarantined", importId, at],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api.GET("/api/v1/imports/{importId}/quarantined", { params: { path: { importId }, query: { maxResults: 100, ...(pageParam && { nextToken: pageParam }) } }, signal }).then(data),
    getNextPageParam: (last) => last.nextToken || undefined,
    placeholderData: (before) => before,
  });
  const columns = useMemo<TableColumn<Record>[]>(
    () => [
      { id: "location", header: t("imports.object"), value: (r) => r.location, cell: (r) => <Mono>{r.location}</Mono> },
      { id: "record", header: t("imports.record"), right: true, value: (r) => int(r.record), cell: (r) => <Count value={int(r.record)} /> },
      { id: "reason", header: t("imports.reason"), value: (r) => r.reason, cell: (r) => <span className={classes["reason"]}>{r.reason}</span> },
      { id: "excerpt", header: t("imports.excerpt"), cell: (r) => <Code className={classes["excerpt"]}>{r.excerpt}</Code> },
    ],
    [t],
  );
  if (records.isError) return <ErrorState error={records.error} retry={() => void records.refetch()} />;
  if (!records.data) return <LoadingRows rows={3} />;
  const rows = records.data.pages.flatMap((p) => p.records);
  if (rows.length === 0) return <EmptyState icon={IconCircleCheck} title={t("imports.noQuarantine")} />;
  return (
    <>
      <Table columns={columns} rows={rows} rowKey={(r) => `${r.location} ${r.record}`} caption={t("imports.quarantine", { count })} />
      {records.hasNextPage && <More loading={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()} />}
    </>
  );
}

function More({ loading, onClick }: { loading: boolean; onClick: () => void }) {
  const t = useT();
  return <Center p="sm"><Button variant="default" loading={loading} onClick={onClick}>{t("loadMore")}</Button></Center>;
}
