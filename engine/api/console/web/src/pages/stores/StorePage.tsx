import { ActionIcon, Alert, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDotsVertical, IconFileImport, IconPencil, IconPlayerPause, IconPlayerPlay, IconTerminal2, IconTrash, IconTrashOff } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useKey } from "../../app/keys";
import { useOpenTab } from "../../app/openTab";
import { int } from "../../api/client";
import { category, holdsTrail, isActive, storeInSql, useStore, useStoreChanges, type Store } from "../../api/stores";
import { Copy } from "../../parts/Copy";
import { Card, Cards } from "../../parts/Cards";
import { Facts, Mono } from "../../parts/Facts";
import { Bytes, Count } from "../../parts/Figures";
import { Page, Panel } from "../../parts/Page";
import { ErrorState, Loading } from "../../parts/States";
import { Time } from "../../parts/Time";
import { useT, type TextKey } from "../../texts";
import { DeleteStore } from "./DeleteStore";
import { SelectorList } from "./SelectorList";
import { StatusBadge } from "./StatusBadge";
import { DaysPanel, SegmentsPanel } from "./StoreContents";
import classes from "./stores.module.css";

/** A store: what it holds, its settings, and what can be done with it. */
export function StorePage() {
  const { storeId } = useParams({ from: "/stores/$storeId" });
  const store = useStore(storeId);
  if (store.isError) return <ErrorState error={store.error} retry={() => void store.refetch()} />;
  if (!store.data) return <Loading />;
  return <Details store={store.data} />;
}

function Details({ store }: { store: Store }) {
  const t = useT();
  const [day, setDay] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const id = store.eventDataStoreId;
  const subtitle = (
    <Group gap="xs" component="span">
      <StatusBadge status={store.status} />
      <Mono>{id}</Mono>
      <Copy value={id} label={t("stores.copyId")} />
    </Group>
  );
  return (
    <Page title={store.name} subtitle={subtitle} actions={<Actions store={store} onDelete={() => { setDeleting(true); }} />}>
      <Stack gap="lg">
        {!isActive(store) && <Deleted store={store} />}
        <Figures store={store} />
        <div className={classes["sides"]}>
          <Stack gap="lg">
            <DaysPanel store={store} day={day} onPick={setDay} />
            <Panel title={t("stores.selectors.title")}><SelectorList selectors={store.advancedEventSelectors} /></Panel>
          </Stack>
          <SettingsPanel store={store} />
        </div>
        <SegmentsPanel store={store} day={day} onAll={() => { setDay(null); }} />
      </Stack>
      <DeleteStore store={store} opened={deleting} onClose={() => { setDeleting(false); }} />
    </Page>
  );
}

function Actions({ store, onDelete }: { store: Store; onDelete: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const openTab = useOpenTab();
  const { startIngestion, stopIngestion } = useStoreChanges();
  const id = store.eventDataStoreId;
  const paused = store.status === "STOPPED_INGESTION";
  const onError = (error: Error) => { notifications.show({ color: "red", title: t("error.title"), message: error.message }); };
  const active = isActive(store);
  const trail = holdsTrail(store);
  const ingests = trail || category(store) === "ConfigurationItem"; // what AWS starts and stops
  const query = () => {
    void openTab(!trail ? `SELECT *\nFROM ${storeInSql(store)}\nORDER BY eventTime DESC\nLIMIT 1000` : `SELECT eventTime, eventName, eventSource, userIdentity.arn, sourceIPAddress, errorCode, eventID\nFROM ${storeInSql(store)}\nORDER BY eventTime DESC\nLIMIT 1000`, { name: store.name });
  };
  useKey({ keys: "q", text: "stores.query", group: "keys.page" }, query, active);
  useKey({ keys: "i", text: "stores.import", group: "keys.page" }, () => void navigate({ to: "/imports/new", search: { store: id } }), active && trail);
  useKey({ keys: "s", text: "stores.edit", group: "keys.page" }, () => void navigate({ to: "/stores/$storeId/edit", params: { storeId: id } }), active);
  if (!active) return null;
  return (
    <>
      <Button leftSection={<IconTerminal2 size={14} />} onClick={query}>{t("stores.query")}</Button>
      {trail && <Button variant="default" leftSection={<IconFileImport size={14} />} component={Link} to={`/imports/new?store=${id}`}>{t("stores.import")}</Button>}
      <Button variant="default" leftSection={<IconPencil size={14} />} component={Link} to={`/stores/${id}/edit`}>{t("stores.edit")}</Button>
      <Menu>
        <Menu.Target><ActionIcon variant="default" aria-label={t("more")}><IconDotsVertical size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {!ingests ? null : paused ? (
            <Menu.Item leftSection={<IconPlayerPlay size={14} />} onClick={() => { startIngestion.mutate(id, { onError }); }}>{t("stores.startIngestion")}</Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconPlayerPause size={14} />} onClick={() => { stopIngestion.mutate(id, { onError }); }}>{t("stores.stopIngestion")}</Menu.Item>
          )}
          {ingests && <Menu.Divider />}
          <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={onDelete}>{t("stores.delete.menu")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function Deleted({ store }: { store: Store }) {
  const t = useT();
  const { restore } = useStoreChanges();
  return (
    <Alert color="amber" title={t("stores.deleted.title")} icon={<IconTrashOff size={18} />}>
      <Group justify="space-between">
        <Text>{t("stores.deleted.help")} <Time value={store.updatedTimestamp} relative /></Text>
        <Button loading={restore.isPending} onClick={() => { restore.mutate(store.eventDataStoreId); }}>{t("stores.deleted.restore")}</Button>
      </Group>
      {restore.error && <Text c="red" role="alert">{restore.error.message}</Text>}
    </Alert>
  );
}

function Figures({ store }: { store: Store }) {
  const t = useT();
  const events = int(store.events);
  const bytes = int(store.bytes);
  return (
    <Cards>
      <Card name={t("stores.events")}><Count value={events} /></Card>
      <Card name={t("stores.bytes")}><Bytes value={bytes} /></Card>
      <Card name={t("stores.perEvent")}>{events > 0 ? <Bytes value={Math.round(bytes / events)} /> : "–"}</Card>
      <Card name={t("stores.segments")}><Count value={int(store.segments)} /></Card>
      <Card name={t("stores.version")}><Count value={int(store.version)} /></Card>
    </Cards>
  );
}

function SettingsPanel({ store }: { store: Store }) {
  const t = useT();
  const tags = store.tagsList.map((tag) => (tag.value ? `${tag.key ?? ""}=${tag.value}` : tag.key)).join(", ");
  return (
    <Panel title={t("stores.settings")}>
      <Facts
        facts={[
          [t("stores.retention"), t("stores.days", { count: store.retentionPeriod })],
          [t("stores.billing.name"), t(`stores.billing.${store.billingMode}` as TextKey)],
          [t("stores.form.protection"), store.terminationProtectionEnabled ? t("stores.on") : t("stores.off")],
          [t("stores.created"), <Time key="c" value={store.createdTimestamp} />],
          [t("stores.updated"), <Time key="u" value={store.updatedTimestamp} />],
          ["ARN", <Group key="a" gap={4} wrap="nowrap"><Mono>{store.eventDataStoreArn}</Mono><Copy value={store.eventDataStoreArn} label={t("stores.copyArn")} /></Group>],
          [t("stores.tags"), tags || null],
        ]}
      />
    </Panel>
  );
}
