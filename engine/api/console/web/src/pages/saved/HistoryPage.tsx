import { ActionIcon, Anchor, Badge, Button, Center, CloseButton, Group, Select, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBookmarkPlus, IconHistory, IconSearch, IconZoomExclamation } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useKey } from "../../app/keys";
import { useSession } from "../../app/session";
import { int } from "../../api/client";
import { useHistory, type HistoryFilter, type PastQuery } from "../../api/saved";
import { ownSources, sources } from "../../api/source";
import { useStores } from "../../api/stores";
import { Bytes, Count } from "../../parts/Figures";
import { formatDuration } from "../../parts/format";
import { Owner } from "../../parts/Owner";
import { Page, Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT, type TextKey } from "../../texts";
import { SaveDialog, type Savable } from "./SaveDialog";
import classes from "./saved.module.css";

/** What the address of the history keeps. */
export type HistorySearch = { q?: string; status?: string; store?: string; mine?: boolean; own?: boolean };

const statuses = ["QUEUED", "RUNNING", "FINISHED", "FAILED", "CANCELLED", "TIMED_OUT"] as const;
const colors: Record<string, string> = { FINISHED: "lake", FAILED: "red", TIMED_OUT: "red", CANCELLED: "gray" };

/** The queries that ran, of all stores. */
export function HistoryPage() {
  const t = useT();
  const search = useSearch({ from: "/history" });
  const { state } = useSession();
  const navigate = useNavigate({ from: "/history" });
  const [phrase] = useDebouncedValue(search.q?.trim() ?? "", 200);
  const filter: HistoryFilter = {
    ...(phrase && { searchPhrase: phrase }),
    ...(search.status && { queryStatus: search.status }),
    ...(search.store && { eventDataStore: search.store }),
    ...(search.mine && state.at === "in" && { owner: state.session.accessKeyId }),
  };
  const history = useHistory({ ...filter, ...(!search.own && { excludeSources: ownSources }) });
  const rows = useMemo(() => history.data?.pages.flatMap((p) => p.queries), [history.data]);
  const set = (change: HistorySearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const filtered = Object.keys(filter).length > 0;
  return (
    <Page title={t("history.title")} subtitle={t("history.purpose")}>
      <Panel padded={false}>
        <Filters search={search} set={set} />
        {history.isError ? (
          <ErrorState error={history.error} retry={() => void history.refetch()} />
        ) : !rows ? (
          <LoadingRows />
        ) : rows.length === 0 && filtered ? (
          <EmptyState icon={IconZoomExclamation} title={t("history.noneFound")} action={<Button variant="default" onClick={() => { set({ q: undefined, status: undefined, store: undefined, mine: undefined }); }}>{t("saved.all")}</Button>} />
        ) : rows.length === 0 ? (
          <EmptyState icon={IconHistory} title={t("history.none")} action={<Button component={Link} to="/query">{t("saved.toQuery")}</Button>}>{t("history.noneHelp")}</EmptyState>
        ) : (
          <>
            <List queries={rows} />
            {history.hasNextPage && <Center p="sm"><Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>{t("loadMore")}</Button></Center>}
          </>
        )}
      </Panel>
    </Page>
  );
}

function Filters({ search, set }: { search: HistorySearch; set: (change: HistorySearch) => void }) {
  const t = useT();
  const stores = useStores();
  const field = useRef<HTMLInputElement>(null);
  useKey({ keys: "/", text: "history.search", group: "keys.page" }, () => field.current?.focus());
  return (
    <Group gap="md" className={classes["bar"]}>
      <TextInput ref={field} type="search" flex={1} aria-label={t("history.search")} placeholder={t("history.searchHint")} leftSection={<IconSearch size={14} />} value={search.q ?? ""} onChange={(e) => { set({ q: e.currentTarget.value || undefined }); }}
        rightSection={search.q && <CloseButton size="xs" aria-label={t("saved.clear")} onClick={() => { set({ q: undefined }); }} />} />
      <Select aria-label={t("history.status")} placeholder={t("history.anyStatus")} clearable w="10rem" value={search.status ?? null} onChange={(status) => { set({ status: status ?? undefined }); }} data={statuses.map((s) => ({ value: s, label: t(`query.state.${s}`) }))} />
      <Select aria-label={t("history.store")} placeholder={t("history.anyStore")} clearable w="12rem" value={search.store ?? null} onChange={(store) => { set({ store: store ?? undefined }); }} data={(stores.data ?? []).map((s) => ({ value: s.eventDataStoreId, label: s.name }))} />
      <Switch label={t("saved.mine")} checked={search.mine ?? false} onChange={(e) => { set({ mine: e.currentTarget.checked || undefined }); }} />
      <Switch label={t("history.own")} checked={search.own ?? false} onChange={(e) => { set({ own: e.currentTarget.checked || undefined }); }} />
    </Group>
  );
}

function List({ queries }: { queries: PastQuery[] }) {
  const t = useT();
  const [saving, setSaving] = useState<Savable | null>(null);
  const columns = useMemo<TableColumn<PastQuery>[]>(
    () => [
      { id: "time", header: t("history.time"), value: (q) => q.creationTime ?? "", cell: (q) => <Time value={q.creationTime} /> },
      {
        id: "statement",
        header: t("saved.statement"),
        cell: (q) => (
          <>
            <Anchor component={Link} to={`/history/${q.queryId}`} preload={false} className={classes["line"]} title={t("history.open")}>{q.queryStatement}</Anchor>
            {q.source && q.source !== sources.user && <Text size="xs" c="dimmed">{q.source}</Text>}
            {q.errorMessage && <Text size="xs" c="red" lineClamp={2} className={classes["error"]}>{q.errorMessage}</Text>}
          </>
        ),
      },
      { id: "status", header: t("history.status"), value: (q) => q.queryStatus, cell: (q) => <Badge miw="max-content" tt="none" color={colors[q.queryStatus] ?? "amber"}>{t(`query.state.${q.queryStatus}` as TextKey)}</Badge> },
      { id: "rows", header: t("history.rows"), right: true, value: (q) => int(q.queryStatistics?.resultRows), cell: (q) => <Count value={int(q.queryStatistics?.resultRows)} /> },
      { id: "events", header: t("history.scanned"), right: true, value: (q) => int(q.queryStatistics?.eventsScanned), cell: (q) => <Count value={int(q.queryStatistics?.eventsScanned)} /> },
      { id: "bytes", header: t("history.bytes"), right: true, value: (q) => int(q.queryStatistics?.bytesScanned), cell: (q) => <Bytes value={int(q.queryStatistics?.bytesScanned)} /> },
      { id: "took", header: t("history.took"), right: true, value: (q) => int(q.queryStatistics?.executionTimeInMillis), cell: (q) => formatDuration(int(q.queryStatistics?.executionTimeInMillis)) },
      { id: "owner", header: t("saved.owner"), value: (q) => q.owner, cell: (q) => <Owner arn={q.owner} accessKeyId={q.ownerAccessKeyId} /> },
      {
        id: "save",
        header: t("saved.actions"),
        cell: (q) => (
          <Tooltip label={t("saved.save")}>
            <ActionIcon size="sm" aria-label={t("saved.save")} onClick={() => { setSaving({ queryStatement: q.queryStatement }); }}><IconBookmarkPlus size={15} /></ActionIcon>
          </Tooltip>
        ),
      },
    ],
    [t],
  );
  return (
    <>
      <Table columns={columns} rows={queries} rowKey={(q) => q.queryId} caption={t("history.title")} />
      <SaveDialog what={saving} onClose={() => { setSaving(null); }} />
    </>
  );
}
