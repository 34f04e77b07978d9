import { ActionIcon, Alert, Anchor, Badge, Box, Group, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState, type ReactNode } from "react";
import { int } from "../../api/client";
import { storeIdOf, useStores } from "../../api/stores";
import { useWatchChanges, useWatches, type Watch } from "../../api/watches";
import { Mono } from "../../parts/Facts";
import { Count } from "../../parts/Figures";
import { Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT, type TextKey } from "../../texts";
import { DeleteWatch } from "./DeleteWatch";
import { WatchFailures } from "./WatchFailures";

/** The buckets that are read as objects come into them: what each brought, and what is wrong. */
export function WatchList({ start }: { start: ReactNode }) {
  const t = useT();
  const watches = useWatches();
  return (
    <Panel title={t("watches.title")} actions={watches.data?.length ? start : undefined} padded={false}>
      {watches.isError ? (
        <ErrorState error={watches.error} retry={() => void watches.refetch()} />
      ) : !watches.data ? (
        <LoadingRows rows={2} />
      ) : watches.data.length === 0 ? (
        <EmptyState title={t("watches.none")} action={start}>{t("watches.noneHelp")}</EmptyState>
      ) : (
        <List watches={watches.data} />
      )}
    </Panel>
  );
}

function List({ watches }: { watches: Watch[] }) {
  const t = useT();
  const stores = useStores();
  const { pause, resume } = useWatchChanges();
  const [deleted, setDeleted] = useState<Watch | null>(null);
  const [failing, setFailing] = useState<Watch | null>(null);
  const names = useMemo(() => new Map(stores.data?.map((s) => [s.eventDataStoreId, s.name])), [stores.data]);
  const error = pause.error ?? resume.error;
  const { mutate: pauseOne } = pause;
  const { mutate: resumeOne } = resume;
  const columns = useMemo<TableColumn<Watch>[]>(() => [
    {
      id: "source",
      header: t("imports.source"),
      value: (w) => w.s3?.s3LocationUri ?? "",
      cell: (w) => (
        <Box miw="11rem">
          <Mono>{w.s3?.s3LocationUri}</Mono>
          {w.errorMessage && <Text size="xs" c="red" style={{ overflowWrap: "anywhere" }}>{w.errorMessage}</Text>}
        </Box>
      ),
    },
    {
      id: "store",
      header: t("watches.store"),
      value: (w) => names.get(storeIdOf(w.eventDataStoreArn)) ?? "",
      cell: (w) => {
        const id = storeIdOf(w.eventDataStoreArn);
        return <Anchor component={Link} to={`/stores/${id}`}>{names.get(id) ?? id}</Anchor>;
      },
    },
    { id: "status", header: t("imports.statusName"), value: (w) => w.status, cell: (w) => <Badge miw="max-content" color={w.errorMessage ? "red" : w.status === "WATCHING" ? "lake" : "gray"} tt="none">{t(`watches.status.${w.status}` as TextKey)}</Badge> },
    { id: "objects", header: t("imports.objects"), right: true, value: (w) => int(w.statistics?.filesCompleted), cell: (w) => <Count value={int(w.statistics?.filesCompleted)} /> },
    { id: "events", header: t("imports.eventsAdded"), right: true, value: (w) => int(w.statistics?.eventsCompleted), cell: (w) => <Count value={int(w.statistics?.eventsCompleted)} /> },
    { id: "left", header: t("watches.notSelected"), right: true, value: (w) => int(w.statistics?.notSelected), cell: (w) => <Count value={int(w.statistics?.notSelected)} /> },
    {
      id: "failed",
      header: t("watches.failing"),
      right: true,
      value: (w) => int(w.statistics?.failedEntries),
      cell: (w) => int(w.statistics?.failedEntries) === 0 ? <Count value={0} /> : (
        <UnstyledButton onClick={() => { setFailing(w); }} aria-label={t("watches.failingOf", { count: int(w.statistics?.failedEntries) })}>
          <Text span c="red" td="underline"><Count value={int(w.statistics?.failedEntries)} /></Text>
        </UnstyledButton>
      ),
    },
    { id: "listed", header: t("watches.listed"), value: (w) => w.latestListingTimestamp ?? "", cell: (w) => <Time value={w.latestListingTimestamp} /> },
    {
      id: "actions",
      header: t("saved.actions"),
      cell: (w) => (
        <Group gap={2} wrap="nowrap" justify="flex-end">
          {w.status === "WATCHING"
            ? <Act icon={IconPlayerPause} label={t("watches.pause")} onClick={() => { pauseOne(w.watchedSourceId); }} />
            : <Act icon={IconPlayerPlay} label={t("watches.resume")} onClick={() => { resumeOne(w.watchedSourceId); }} />}
          <Act icon={IconTrash} label={t("watches.remove")} onClick={() => { setDeleted(w); }} />
        </Group>
      ),
    },
  ], [t, names, pauseOne, resumeOne]);
  return (
    <>
      {error && <Alert color="red" icon={<IconAlertTriangle size={16} />} role="alert" m="sm">{error.message}</Alert>}
      <Table columns={columns} rows={watches} rowKey={(w) => w.watchedSourceId} caption={t("watches.title")} />
      <DeleteWatch watch={deleted} onClose={() => { setDeleted(null); }} />
      <WatchFailures watch={failing} onClose={() => { setFailing(null); }} />
    </>
  );
}

function Act({ icon: Shown, label, onClick }: { icon: typeof IconTrash; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}><Shown size={15} /></ActionIcon>
    </Tooltip>
  );
}
