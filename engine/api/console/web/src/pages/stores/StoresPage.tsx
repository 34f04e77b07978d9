import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconDatabase, IconLock, IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useKey } from "../../app/keys";
import { int } from "../../api/client";
import { useStores, type Store } from "../../api/stores";
import { Bytes, Count } from "../../parts/Figures";
import { Page, Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import { StatusBadge } from "./StatusBadge";

/** All event data stores. */
export function StoresPage() {
  const t = useT();
  const navigate = useNavigate();
  const stores = useStores();
  useKey({ keys: "n", text: "stores.create", group: "keys.page" }, () => void navigate({ to: "/stores/new" }));
  const create = <Button component={Link} to="/stores/new" leftSection={<IconPlus size={14} />}>{t("stores.create")}</Button>;
  return (
    <Page title={t("stores.title")} subtitle={t("stores.purpose")} actions={create}>
      <Panel padded={false}>
        {stores.isError ? (
          <ErrorState error={stores.error} retry={() => void stores.refetch()} />
        ) : !stores.data ? (
          <LoadingRows />
        ) : stores.data.length === 0 ? (
          <EmptyState icon={IconDatabase} title={t("stores.none")} action={create}>{t("stores.noneHelp")}</EmptyState>
        ) : (
          <List stores={stores.data} />
        )}
      </Panel>
    </Page>
  );
}

function List({ stores }: { stores: Store[] }) {
  const t = useT();
  const columns = useMemo<TableColumn<Store>[]>(
    () => [
      {
        id: "name",
        header: t("stores.name"),
        value: (s) => s.name,
        cell: (s) => <Anchor component={Link} to={`/stores/${s.eventDataStoreId}`} fw={600}>{s.name}</Anchor>,
      },
      {
        id: "status",
        header: t("stores.statusName"),
        value: (s) => s.status,
        cell: (s) => (
          <Group gap={6} wrap="nowrap">
            <StatusBadge status={s.status} />
            {s.terminationProtectionEnabled && <IconLock size={14} role="img" aria-label={t("stores.protected")} />}
          </Group>
        ),
      },
      { id: "events", header: t("stores.events"), right: true, value: (s) => int(s.events), cell: (s) => <Count value={int(s.events)} /> },
      { id: "bytes", header: t("stores.bytes"), right: true, value: (s) => int(s.bytes), cell: (s) => <Bytes value={int(s.bytes)} /> },
      { id: "segments", header: t("stores.segments"), right: true, value: (s) => int(s.segments), cell: (s) => <Count value={int(s.segments)} /> },
      { id: "retention", header: t("stores.retention"), right: true, value: (s) => s.retentionPeriod, cell: (s) => <Text span>{t("stores.days", { count: s.retentionPeriod })}</Text> },
      { id: "created", header: t("stores.created"), value: (s) => s.createdTimestamp ?? "", cell: (s) => <Time value={s.createdTimestamp} /> },
    ],
    [t],
  );
  return <Table columns={columns} rows={stores} rowKey={(s) => s.eventDataStoreId} caption={t("stores.title")} />;
}
