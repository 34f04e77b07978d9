import { Button, Loader, Progress } from "@mantine/core";
import { IconDatabaseSearch, IconPlayerStop, IconZoomExclamation } from "@tabler/icons-react";
import { useState } from "react";
import { int, type Schema } from "../../api/client";
import { formatBytes, formatCount, formatDuration } from "../../parts/format";
import { isMac } from "../../app/keys";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { useT } from "../../texts";
import { CellView } from "./CellView";
import classes from "./query.module.css";
import { ResultTable, type CellPlace } from "./ResultTable";
import { useResultHead } from "./rows";
import { isRunning, useDescribed } from "./useRun";

type QueryStatus = "QUEUED" | "RUNNING" | "FINISHED" | "FAILED" | "CANCELLED" | "TIMED_OUT";

const nothingHidden: ReadonlySet<number> = new Set();

/** What a tab's query has given, or is giving. */
export function Result({ queryId, onCancel, cancelling }: { queryId: string | null; onCancel: () => void; cancelling: boolean }) {
  const t = useT();
  const described = useDescribed(queryId);
  if (queryId === null) {
    return (
      <EmptyState icon={IconDatabaseSearch} title={t("query.result.none")}>
        {t("query.result.noneHelp", { keys: isMac ? "⌘⏎" : "Ctrl+Enter" })}
      </EmptyState>
    );
  }
  if (described.isError) return <ErrorState error={described.error} retry={() => void described.refetch()} />;
  if (!described.data) return <LoadingRows />;
  return <Described key={queryId} described={described.data} onCancel={onCancel} cancelling={cancelling} />;
}

function Described({ described, onCancel, cancelling }: { described: Schema<"DescribeQueryResponse">; onCancel: () => void; cancelling: boolean }) {
  const t = useT();
  const status = described.queryStatus as QueryStatus;
  const statistics = described.queryStatistics;
  const running = isRunning(status);
  const total = int(statistics?.resultRows);
  return (
    <section className={classes["resultPane"]} aria-label={t("query.result.label")}>
      <div>
        <div className={classes["resultBar"]} role="status">
          {running && <Loader size={14} />}
          <strong>{t(`query.state.${status}`)}</strong>
          {(running || status === "FINISHED") && <span>{t("query.state.rows", { count: total })}</span>}
          <span className={classes["soft"]}>
            {t("query.state.scanned", { events: formatCount(int(statistics?.eventsScanned)), bytes: formatBytes(int(statistics?.bytesScanned)) })}
            {!running && ` ${t("query.state.took", { time: formatDuration(int(statistics?.executionTimeInMillis)) })}`}
          </span>
          <span className={classes["grow"]} />
          {running && (
            <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={onCancel} loading={cancelling}>{t("query.cancel")}</Button>
          )}
        </div>
        {running && <Progress value={100} animated radius={0} className={classes["progress"]} aria-hidden />}
      </div>
      <div className={classes["resultBody"]}>
        {status === "FAILED" || status === "TIMED_OUT" ? (
          <pre className={classes["failure"]} role="alert">{described.errorMessage || t("query.result.failed")}</pre>
        ) : status === "CANCELLED" ? (
          <EmptyState icon={IconPlayerStop} title={t("query.result.cancelled")}>{t("query.result.cancelledHelp")}</EmptyState>
        ) : total === 0 && status === "FINISHED" ? (
          <EmptyState icon={IconZoomExclamation} title={t("query.result.empty")}>
            {t("query.result.emptyHelp", { events: formatCount(int(statistics?.eventsScanned)) })}
          </EmptyState>
        ) : total === 0 ? (
          <LoadingRows />
        ) : (
          <Rows queryId={described.queryId} total={total} />
        )}
      </div>
    </section>
  );
}

function Rows({ queryId, total }: { queryId: string; total: number }) {
  const t = useT();
  const head = useResultHead(queryId, total);
  const [open, setOpen] = useState<CellPlace | null>(null);
  if (head.isError) return <ErrorState error={head.error} retry={() => void head.refetch()} />;
  if (!head.data) return <LoadingRows />;
  return (
    <>
      <ResultTable
        queryId={queryId}
        columns={head.data.columns}
        sample={head.data.rows}
        total={total}
        hidden={nothingHidden}
        label={t("query.result.label")}
        onOpen={setOpen}
      />
      <CellView queryId={queryId} place={open} columns={head.data.columns} onClose={() => { setOpen(null); }} />
    </>
  );
}
