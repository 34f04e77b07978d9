import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, data, type Schema } from "../../api/client";
import { allPages } from "../../api/pages";
import type { Watch } from "../../api/watches";
import { Mono } from "../../parts/Facts";
import { ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import classes from "../imports/imports.module.css";

type Failure = Schema<"ImportFailure">;

/** The objects of a watched bucket that could not be read yet, and why. */
export function WatchFailures({ watch, onClose }: { watch: Watch | null; onClose: () => void }) {
  const t = useT();
  return (
    <Modal opened={watch !== null} onClose={onClose} size="xl" title={t("watches.failuresTitle")} closeButtonProps={{ "aria-label": t("close") }}>
      {watch && <List id={watch.watchedSourceId} />}
    </Modal>
  );
}

function List({ id }: { id: string }) {
  const t = useT();
  const failures = useQuery({
    queryKey: ["watches", id, "failures"],
    queryFn: ({ signal }) =>
      allPages(
        (nextToken) => api.GET("/api/v1/watched-sources/{watchedSourceId}/failures", { params: { path: { watchedSourceId: id }, query: { maxResults: 200, ...(nextToken && { nextToken }) } }, signal }).then(data),
        (answer) => answer.failures,
      ),
  });
  const columns = useMemo<TableColumn<Failure>[]>(
    () => [
      { id: "location", header: t("imports.object"), value: (f) => f.location, cell: (f) => <Mono>{f.location}</Mono> },
      { id: "type", header: t("imports.errorType"), value: (f) => f.errorType },
      { id: "reason", header: t("imports.reason"), cell: (f) => <span className={classes["reason"]}>{f.errorMessage}</span> },
      { id: "time", header: t("imports.updated"), value: (f) => f.lastUpdatedTime ?? "", cell: (f) => <Time value={f.lastUpdatedTime} /> },
    ],
    [t],
  );
  if (failures.isError) return <ErrorState error={failures.error} retry={() => void failures.refetch()} />;
  if (!failures.data) return <LoadingRows rows={3} />;
  return <Table columns={columns} rows={failures.data} rowKey={(f) => f.location} caption={t("watches.failuresTitle")} />;
}
