import { Anchor, Box, Button, Group, Stack, Text } from "@mantine/core";
import { IconFileImport, IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useKey } from "../../app/keys";
import { int } from "../../api/client";
import { isImporting, useImports, type Import } from "../../api/imports";
import { storeIdOf, useStores } from "../../api/stores";
import { Mono } from "../../parts/Facts";
import { Count } from "../../parts/Figures";
import { formatCount } from "../../parts/format";
import { Page, Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import { WatchList } from "../watches/WatchList";
import { ImportProgress, ImportStatus, objectsDone } from "./ImportStatus";

/** All imports, the newest first, and the buckets that are watched. */
export function ImportsPage() {
  const t = useT();
  const navigate = useNavigate();
  const imports = useImports();
  useKey({ keys: "n", text: "imports.start", group: "keys.page" }, () => void navigate({ to: "/imports/new" }));
  const start = <Button component={Link} to="/imports/new" leftSection={<IconPlus size={14} />}>{t("imports.start")}</Button>;
  return (
    <Page title={t("imports.title")} subtitle={t("imports.purpose")} actions={start}>
      <Stack gap="md">
        <Panel padded={false}>
          {imports.isError ? (
            <ErrorState error={imports.error} retry={() => void imports.refetch()} />
          ) : !imports.data ? (
            <LoadingRows />
          ) : imports.data.imports.length === 0 ? (
            <EmptyState icon={IconFileImport} title={t("imports.none")} action={start}>{t("imports.noneHelp")}</EmptyState>
          ) : (
            <List imports={imports.data.imports} />
          )}
        </Panel>
        <WatchList start={<Button variant="default" component={Link} to="/imports/watch" leftSection={<IconPlus size={14} />}>{t("watches.start")}</Button>} />
      </Stack>
    </Page>
  );
}

function List({ imports }: { imports: Import[] }) {
  const t = useT();
  const stores = useStores();
  const names = useMemo(() => new Map(stores.data?.map((s) => [s.eventDataStoreId, s.name])), [stores.data]);
  const columns = useMemo<TableColumn<Import>[]>(
    () => [
      {
        id: "source",
        header: t("imports.source"),
        value: (i) => i.importSource?.s3?.s3LocationUri ?? "",
        cell: (i) => <Anchor component={Link} to={`/imports/${i.importId}`}><Mono>{i.importSource?.s3?.s3LocationUri}</Mono></Anchor>,
      },
      {
        id: "store",
        header: t("imports.store"),
        value: (i) => names.get(storeIdOf(i.destinations[0])) ?? "",
        cell: (i) => {
          const id = storeIdOf(i.destinations[0]);
          return <Anchor component={Link} to={`/stores/${id}`}>{names.get(id) ?? id}</Anchor>;
        },
      },
      {
        id: "status",
        header: t("imports.statusName"),
        value: (i) => i.importStatus,
        cell: (i) =>
          isImporting(i) ? (
            <Box miw="9rem">
              <ImportProgress value={i} />
              <Text size="xs" c="dimmed">{t("imports.progress", { done: formatCount(objectsDone(i)), found: formatCount(int(i.importStatistics?.filesFound)) })}</Text>
            </Box>
          ) : (
            <Group gap={6} wrap="nowrap"><ImportStatus status={i.importStatus} />{i.dryRun && <Text size="xs" c="dimmed">{t("imports.dryRun")}</Text>}</Group>
          ),
      },
      { id: "objects", header: t("imports.objects"), right: true, value: (i) => int(i.importStatistics?.filesFound), cell: (i) => <Count value={int(i.importStatistics?.filesFound)} /> },
      { id: "events", header: t("imports.eventsAdded"), right: true, value: (i) => int(i.importStatistics?.eventsCompleted), cell: (i) => <Count value={int(i.importStatistics?.eventsCompleted)} /> },
      { id: "failed", header: t("imports.failed"), right: true, value: (i) => int(i.importStatistics?.failedEntries), cell: (i) => <Text span c={int(i.importStatistics?.failedEntries) > 0 ? "red" : undefined}><Count value={int(i.importStatistics?.failedEntries)} /></Text> },
      { id: "started", header: t("imports.started"), value: (i) => i.createdTimestamp ?? "", cell: (i) => <Time value={i.createdTimestamp} relative /> },
    ],
    [t, names],
  );
  return <Table columns={columns} rows={imports} rowKey={(i) => i.importId} caption={t("imports.title")} />;
}
