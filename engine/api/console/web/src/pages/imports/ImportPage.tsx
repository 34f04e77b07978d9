import { Alert, Anchor, Box, Button, Group, Stack, Tabs, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { int } from "../../api/client";
import { isImporting, useImport, useImportChanges, type Import } from "../../api/imports";
import { storeIdOf, useStores } from "../../api/stores";
import { Card, Cards } from "../../parts/Cards";
import { Facts, Mono } from "../../parts/Facts";
import { Count } from "../../parts/Figures";
import { formatBytes, formatCount, formatDuration } from "../../parts/format";
import { Page, Panel } from "../../parts/Page";
import { ErrorState, Loading } from "../../parts/States";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import { FailureTable, QuarantineTable } from "./ImportTroubles";
import { ImportProgress, ImportStatus, objectsDone } from "./ImportStatus";
import { useRate } from "./useRate";

/** An import: how far it is, what it did, what went wrong. */
export function ImportPage() {
  const { importId } = useParams({ from: "/imports/$importId" });
  const found = useImport(importId);
  if (found.isError) return <ErrorState error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  return <Details key={importId} value={found.data} />;
}

function Details({ value: i }: { value: Import }) {
  const t = useT();
  const cache = useQueryClient();
  const running = isImporting(i);
  // What the store holds has changed when an import ends.
  useEffect(() => {
    if (!running) void cache.invalidateQueries({ queryKey: ["stores"] });
  }, [running, cache]);
  return (
    <Page
      title={t(i.dryRun ? "imports.titleDry" : "imports.titleOne")}
      subtitle={<Group gap="xs" component="span"><ImportStatus status={i.importStatus} /><Mono>{i.importSource?.s3?.s3LocationUri}</Mono></Group>}
      actions={<Actions value={i} running={running} />}
    >
      <Stack gap="lg">
        <Progressing value={i} running={running} />
        {i.errorMessage && (
          <Alert color={i.importStatus === "FAILED" ? "red" : "gray"} icon={<IconAlertTriangle size={18} />} title={t(i.importStatus === "FAILED" ? "imports.why" : "imports.endedEarly")}>
            <Text style={{ whiteSpace: "pre-wrap" }}>{i.errorMessage}</Text>
          </Alert>
        )}
        <Counts value={i} />
        <About value={i} running={running} />
        <Troubles value={i} />
      </Stack>
    </Page>
  );
}

function Actions({ value: i, running }: { value: Import; running: boolean }) {
  const t = useT();
  const { start, stop } = useImportChanges();
  const onError = (error: Error) => { notifications.show({ color: "red", title: t("error.title"), message: error.message }); };
  if (running) {
    return <Button variant="default" leftSection={<IconPlayerStop size={14} />} loading={stop.isPending} onClick={() => { stop.mutate(i.importId, { onError }); }}>{t("imports.stop")}</Button>;
  }
  if (i.importStatus !== "FAILED" && i.importStatus !== "STOPPED") return null;
  return (
    <Button leftSection={<IconRefresh size={14} />} loading={start.isPending} onClick={() => { start.mutate({ importId: i.importId }, { onError }); }}>
      {t(i.importStatus === "FAILED" ? "imports.retry" : "imports.goOn")}
    </Button>
  );
}

function Progressing({ value: i, running }: { value: Import; running: boolean }) {
  const t = useT();
  const s = i.importStatistics;
  const rate = useRate(i, running);
  const took = i.createdTimestamp && i.updatedTimestamp ? new Date(i.updatedTimestamp).getTime() - new Date(i.createdTimestamp).getTime() : 0;
  return (
    <Panel>
      <Group justify="space-between" mb={6} role="status">
        <Text fw={600}>{t("imports.progress", { done: formatCount(objectsDone(i)), found: formatCount(int(s?.filesFound)) })}</Text>
        <Group gap="lg">
          <Text c="dimmed">{t("imports.bytesOf", { done: formatBytes(int(s?.bytesCompleted)), found: formatBytes(int(s?.bytesFound)) })}</Text>
          <Text c="dimmed">{t("imports.eventsRead", { events: formatCount(int(s?.eventsRead)) })}</Text>
          {rate !== null && <Text c="dimmed">{t(running ? "imports.rate" : "imports.rateAverage", { rate: formatCount(Math.round(rate)) })}</Text>}
          {!running && took > 0 && <Text c="dimmed">{t("imports.took", { time: formatDuration(took) })}</Text>}
        </Group>
      </Group>
      <ImportProgress value={i} size="lg" />
    </Panel>
  );
}

function Counts({ value: i }: { value: Import }) {
  const t = useT();
  const s = i.importStatistics;
  const failed = int(s?.failedEntries);
  const quarantined = int(s?.quarantined);
  return (
    <Cards>
      <Card name={t("imports.eventsAdded")}><Count value={int(s?.eventsCompleted)} /></Card>
      <Card name={t("imports.duplicates")}><Count value={int(s?.duplicates)} /></Card>
      <Card name={t("imports.outside")}><Count value={int(s?.outsideRetention)} /></Card>
      <Card name={t("imports.quarantined")} attention={quarantined > 0}><Count value={quarantined} /></Card>
      <Card name={t("imports.imported")}><Count value={int(s?.filesCompleted)} /></Card>
      <Card name={t("imports.skipped")}><Count value={int(s?.filesSkipped)} /></Card>
      <Card name={t("imports.failed")} attention={failed > 0}><Count value={failed} /></Card>
    </Cards>
  );
}

function About({ value: i, running }: { value: Import; running: boolean }) {
  const t = useT();
  const stores = useStores();
  const id = storeIdOf(i.destinations[0]);
  const range = i.startEventTime || i.endEventTime;
  return (
    <Panel title={t("imports.about")}>
      <Facts
        facts={[
          [t("imports.store"), <Anchor key="s" component={Link} to={`/stores/${id}`}>{stores.data?.find((s) => s.eventDataStoreId === id)?.name ?? id}</Anchor>],
          [t("imports.source"), <Mono key="l">{i.importSource?.s3?.s3LocationUri}</Mono>],
          [t("imports.range"), range ? <Box key="r">{i.startEventTime ? <Time value={i.startEventTime} /> : "…"} – {i.endEventTime ? <Time value={i.endEventTime} /> : "…"}</Box> : t("imports.allTime")],
          [t("imports.format"), t(i.anyFormat ? "imports.anyFormat" : "imports.strictFormat")],
          [t("imports.started"), <Time key="c" value={i.createdTimestamp} relative />],
          [t(running ? "imports.updated" : "imports.ended"), <Time key="u" value={i.updatedTimestamp} relative />],
          [t("imports.id"), <Mono key="i">{i.importId}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Troubles({ value: i }: { value: Import }) {
  const t = useT();
  const failed = int(i.importStatistics?.failedEntries);
  const quarantined = int(i.importStatistics?.quarantined);
  // While it runs, its time of change moves before what it tells is there.
  const at = `${i.importStatus} ${i.updatedTimestamp ?? ""}`;
  const [tab, setTab] = useState<string | null>(null);
  const shown = tab ?? (failed === 0 && quarantined > 0 ? "quarantined" : "failures");
  return (
    <Panel padded={false}>
      <Tabs value={shown} onChange={setTab}>
        <Tabs.List>
          <Tabs.Tab value="failures">{t("imports.failures", { count: failed })}</Tabs.Tab>
          <Tabs.Tab value="quarantined">{t("imports.quarantine", { count: quarantined })}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="failures"><FailureTable importId={i.importId} count={failed} at={at} /></Tabs.Panel>
        <Tabs.Panel value="quarantined"><QuarantineTable importId={i.importId} count={quarantined} at={at} /></Tabs.Panel>
      </Tabs>
    </Panel>
  );
}
