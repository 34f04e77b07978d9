import { Button, Center } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data, int, type Schema } from "../../api/client";
import { Bytes, Count } from "../../parts/Figures";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import classes from "./stores.module.css";

type Segment = Schema<"Segment">;

/** The segments of a store, or of one of its days, the newest day first. */
export function SegmentTable({ storeId, version, day }: { storeId: string; version: string; day: string | null }) {
  const t = useT();
  const segments = useInfiniteQuery({
    queryKey: ["segments", storeId, version, day],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api
        .GET("/api/v1/event-data-stores/{eventDataStore}:segments", {
          params: { path: { eventDataStore: storeId }, query: { maxResults: 100, ...(pageParam && { nextToken: pageParam }), ...(day && { day }) } },
          signal,
        })
        .then(data),
    getNextPageParam: (last) => last.nextToken || undefined,
    placeholderData: (before) => before,
  });
  const columns = useMemo<TableColumn<Segment>[]>(
    () => [
      { id: "day", header: t("stores.contents.day"), value: (s) => s.day, cell: (s) => <span className={classes["nowrap"]}>{s.day || t("stores.contents.noTime")}</span> },
      { id: "id", header: t("stores.contents.segment"), cell: (s) => <span className={`${classes["mono"] ?? ""} ${classes["nowrap"] ?? ""}`}>{s.segmentId}</span> },
      { id: "rows", header: t("stores.events"), right: true, value: (s) => int(s.rows), cell: (s) => <Count value={int(s.rows)} /> },
      { id: "bytes", header: t("stores.bytes"), right: true, value: (s) => int(s.bytes), cell: (s) => <Bytes value={int(s.bytes)} /> },
      { id: "from", header: t("stores.contents.from"), value: (s) => s.minEventTime ?? "", cell: (s) => <Time value={s.minEventTime} /> },
      { id: "to", header: t("stores.contents.to"), value: (s) => s.maxEventTime ?? "", cell: (s) => <Time value={s.maxEventTime} /> },
      { id: "version", header: t("stores.version"), right: true, value: (s) => int(s.version), cell: (s) => <Count value={int(s.version)} /> },
    ],
    [t],
  );
  if (segments.isError) return <ErrorState error={segments.error} retry={() => void segments.refetch()} />;
  if (!segments.data) return <LoadingRows />;
  const rows = segments.data.pages.flatMap((p) => p.segments);
  if (rows.length === 0) return <EmptyState icon={IconStack2} title={t("stores.contents.noSegments")} />;
  return (
    <>
      <Table columns={columns} rows={rows} rowKey={(s) => s.segmentId} caption={t("stores.contents.segments")} />
      {segments.hasNextPage && (
        <Center p="sm"><Button variant="default" loading={segments.isFetchingNextPage} onClick={() => void segments.fetchNextPage()}>{t("loadMore")}</Button></Center>
      )}
    </>
  );
}
