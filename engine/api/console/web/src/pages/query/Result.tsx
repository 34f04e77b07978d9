import { Button, Loader, Progress, SegmentedControl } from "@mantine/core";
import { IconDatabaseSearch, IconPlayerStop, IconZoomExclamation } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { int, type Schema } from "../../api/client";
import { isMac } from "../../app/keys";
import { formatBytes, formatCount, formatDuration } from "../../parts/format";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { useT } from "../../texts";
import { copyText } from "../../parts/copyText";
import { EventDrawer } from "../events/EventDrawer";
import { filterEdit } from "../events/filter";
import { CellMenu, type OpenCellMenu } from "./CellMenu";
import { CellView } from "./CellView";
import { ColumnMenu } from "./ColumnMenu";
import { Failure } from "./Failure";
import { PlanView } from "./PlanView";
import classes from "./query.module.css";
import { ResultActions } from "./ResultActions";
import { ResultTable, type CellPlace } from "./ResultTable";
import { fetchRow, useResultHead, type Value } from "./rows";
import { StatisticsView } from "./StatisticsView";
import { isRunning, useDescribed } from "./useRun";

const ChartView = lazy(() => import("./ChartView").then((m) => ({ default: m.ChartView })));

type QueryStatus = "QUEUED" | "RUNNING" | "FINISHED" | "FAILED" | "CANCELLED" | "TIMED_OUT";
type View = "rows" | "chart" | "statistics" | "plan";

/** Changes the statement and runs it. */
export type OnEdit = (edit: Schema<"QueryEdit">) => Promise<void>;

/** What a tab's query has given, or is giving. */
export function Result({ queryId, onEdit, onCancel, cancelling }: { queryId: string | null; onEdit: OnEdit; onCancel: () => void; cancelling: boolean }) {
  const t = useT();
  const described = useDescribed(queryId);
  if (queryId === null) {
    return (
      <EmptyState
        icon={IconDatabaseSearch}
        title={t("query.result.none")}
        action={<Button component={Link} to="/samples" variant="default">{t("query.result.samples")}</Button>}
      >
        {t("query.result.noneHelp", { keys: isMac ? "⌘⏎" : "Ctrl+Enter" })}
      </EmptyState>
    );
  }
  if (described.isError) return <ErrorState error={described.error} retry={() => void described.refetch()} />;
  if (!described.data) return <LoadingRows />;
  return <Described key={queryId} described={described.data} onEdit={onEdit} onCancel={onCancel} cancelling={cancelling} />;
}

function Described({ described, onEdit, onCancel, cancelling }: { described: Schema<"DescribeQueryResponse">; onEdit: OnEdit; onCancel: () => void; cancelling: boolean }) {
  const t = useT();
  const [view, setView] = useState<View>("rows");
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const status = described.queryStatus as QueryStatus;
  const statistics = described.queryStatistics;
  const running = isRunning(status);
  const total = int(statistics?.resultRows);
  const showsRows = total > 0 && (running || status === "FINISHED");
  const head = useResultHead(showsRows ? described.queryId : null, total);
  const columns = showsRows ? head.data?.columns : undefined;

  return (
    <section className={classes["resultPane"]} aria-label={t("query.result.label")}>
      <div>
        <div className={classes["resultBar"]}>
          <div className={classes["summary"]} role="status">
            {running && <Loader size={14} />}
            <strong>{t(`query.state.${status}`)}</strong>
            {(running || status === "FINISHED") && <span>{t("query.state.rows", { count: total })}</span>}
            <span className={classes["soft"]}>
              {t("query.state.scanned", { events: formatCount(int(statistics?.eventsScanned)), bytes: formatBytes(int(statistics?.bytesScanned)) })}
              {!running && ` ${t("query.state.took", { time: formatDuration(int(statistics?.executionTimeInMillis)) })}`}
            </span>
          </div>
          {running && (
            <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={onCancel} loading={cancelling}>{t("query.cancel")}</Button>
          )}
          {columns && (
            <>
              <SegmentedControl
                aria-label={t("query.views.label")}
                value={view}
                onChange={(to) => { setView(to as View); }}
                data={[
                  { value: "rows", label: t("query.views.rows") },
                  { value: "chart", label: t("query.views.chart") },
                  { value: "statistics", label: t("query.views.statistics"), disabled: running },
                  { value: "plan", label: t("query.views.plan") },
                ]}
              />
              <ResultActions queryId={described.queryId} columns={columns} total={total} hidden={hidden} onHidden={setHidden} finished={status === "FINISHED"} />
            </>
          )}
        </div>
        {running && <QueryProgress statistics={statistics} />}
      </div>
      <div className={classes["resultBody"]}>
        {status === "FAILED" || status === "TIMED_OUT" ? (
          <Failure message={described.errorMessage || t("query.result.failed")} statement={described.queryString} />
        ) : status === "CANCELLED" ? (
          <EmptyState icon={IconPlayerStop} title={t("query.result.cancelled")}>{t("query.result.cancelledHelp")}</EmptyState>
        ) : total === 0 && status === "FINISHED" ? (
          <EmptyState icon={IconZoomExclamation} title={t("query.result.empty")}>
            {t("query.result.emptyHelp", { events: formatCount(int(statistics?.eventsScanned)) })}
          </EmptyState>
        ) : head.isError ? (
          <ErrorState error={head.error} retry={() => void head.refetch()} />
        ) : !columns ? (
          <LoadingRows />
        ) : view === "chart" ? (
          <Suspense fallback={<LoadingRows />}><ChartView queryId={described.queryId} columns={columns} total={total} /></Suspense>
        ) : view === "statistics" ? (
          <StatisticsView queryId={described.queryId} total={total} />
        ) : view === "plan" ? (
          <PlanView statement={described.queryString} />
        ) : (
          <Rows queryId={described.queryId} store={described.eventDataStores[0]} columns={columns} head={head.data!} total={total} hidden={hidden} onHidden={setHidden} onEdit={onEdit} />
        )}
      </div>
    </section>
  );
}

// How far the reading is; before the total is known, only that something goes on.
function QueryProgress({ statistics }: { statistics: Schema<"QueryStatisticsForDescribeQuery"> | undefined }) {
  const t = useT();
  const total = int(statistics?.rowGroupsTotal);
  const done = int(statistics?.rowGroupsDone);
  const label = t("query.state.progress", { done: formatCount(done), total: formatCount(total) });
  return (
    <div className={classes["progressLine"]}>
      <Progress value={total > 0 ? (done / total) * 100 : 100} animated={total === 0} radius={0} size={3} aria-label={label} className={classes["progress"]} />
      {total > 0 && <span className={classes["soft"]}>{label}</span>}
    </div>
  );
}

type RowsProps = {
  queryId: string;
  /** Where the events of the rows are; undefined when the statement reads no store. */
  store: string | undefined;
  columns: Schema<"ResultColumn">[];
  head: { rows: Value[][] };
  total: number;
  hidden: ReadonlySet<number>;
  onHidden: (hidden: ReadonlySet<number>) => void;
  onEdit: OnEdit;
};

function Rows({ queryId, store, columns, head, total, hidden, onHidden, onEdit }: RowsProps) {
  const t = useT();
  const cache = useQueryClient();
  const [open, setOpen] = useState<CellPlace | null>(null);
  const [menu, setMenu] = useState<(OpenCellMenu & { place: CellPlace }) | null>(null);
  const [eventId, setEventId] = useState<string | null>(null);
  const idColumn = store === undefined ? -1 : columns.findIndex((c) => c.name.toLowerCase() === "eventid");
  const openEvent = async (place: CellPlace) => { setEventId((await fetchRow(cache, queryId, place.row))?.[idColumn] ?? null); };
  const onOpenCell = (place: CellPlace) => { if (place.column === idColumn) void openEvent(place); else setOpen(place); };
  const onCellMenu = useCallback(
    (place: CellPlace, value: Value, x: number, y: number) => { setMenu({ place, x, y, value, column: columns[place.column]?.name ?? "" }); },
    [columns],
  );
  // What the cell shows may be cut; what is filtered by and copied is the whole.
  const whole = async () => (menu && (await fetchRow(cache, queryId, menu.place.row))?.[menu.place.column]) ?? null;
  const filter = async (exclude: boolean) => {
    const value = await whole();
    await onEdit({ filter: { column: menu!.column, columnIndex: menu!.place.column, exclude, beforeLimit: true, ...(value !== null && { value }) } });
  };
  const headOf = useCallback(
    (i: number) => (
      <ColumnMenu
        name={columns[i]!.name}
        onSort={(desc) => void onEdit({ sort: { column: columns[i]!.name, columnIndex: i, desc } })}
        onHide={() => { if (hidden.size < columns.length - 1) onHidden(new Set([...hidden, i])); }}
      />
    ),
    [columns, hidden, onHidden, onEdit],
  );
  return (
    <>
      <ResultTable queryId={queryId} columns={columns} sample={head.rows} total={total} hidden={hidden} label={t("query.result.label")} head={headOf} onOpen={onOpenCell} onCellMenu={onCellMenu} />
      <CellMenu
        at={menu}
        onClose={() => { setMenu(null); }}
        onFilter={(exclude) => void filter(exclude)}
        onOpen={() => { setOpen(menu!.place); }}
        onEvent={idColumn < 0 ? undefined : () => void openEvent(menu!.place)}
        onCopy={() => void whole().then((value) => copyText(value ?? ""))}
      />
      <CellView queryId={queryId} place={open} columns={columns} onClose={() => { setOpen(null); }} />
      {store !== undefined && (
        <EventDrawer
          store={store}
          eventId={eventId}
          onClose={() => { setEventId(null); }}
          onFilter={(filter) => { setEventId(null); return onEdit({ filter: filterEdit(filter) }); }}
        />
      )}
    </>
  );
}
