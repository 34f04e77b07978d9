import { Badge, Button, Group, Menu, SegmentedControl, Stack, Tabs, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconArrowRight, IconCheck, IconChevronDown, IconCopy, IconMoodEmpty } from "@tabler/icons-react";
import { useState } from "react";
import { useKey } from "../../app/keys";
import { Copy } from "../../parts/Copy";
import { useOpenQuery } from "../../parts/openQuery";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Time } from "../../parts/Time";
import { language, useT } from "../../texts";
import { sentenceOf } from "../../texts/sentences";
import classes from "./events.module.css";
import { Facts } from "./Facts";
import type { EventFilter } from "./filter";
import { JsonTree } from "./JsonTree";
import { Origin } from "./Origin";
import { pivotsOf } from "./pivots";
import { textAt, type Json } from "./tell/record";
import { tell } from "./tell/tell";
import { useEvent, type StoredEvent } from "./useEvent";

type Props = { store: string; eventId: string; onFilter: (filter: EventFilter, record: Json) => unknown };

/** The address of an event in this console. */
export function eventAddress(store: string, eventId: string): string {
  return `/events/${encodeURIComponent(store)}/${encodeURIComponent(eventId)}`;
}

/** An event: what it says in a sentence, its fields, its record and its origin. */
export function EventView({ store, eventId, onFilter }: Props) {
  const t = useT();
  const event = useEvent(store, eventId);
  const [content, setContent] = useState("0");
  if (event.isError) return <ErrorState error={event.error} retry={() => void event.refetch()} />;
  if (!event.data) return <LoadingRows rows={10} />;
  const stored = event.data[Number(content)] ?? event.data[0];
  if (!stored) return <EmptyState icon={IconMoodEmpty} title={t("event.none")}>{t("event.noneHelp", { id: eventId })}</EmptyState>;
  return (
    <Stack gap="md">
      {event.data.length > 1 && (
        <Group gap="sm">
          <Text c="dimmed">{t("event.contents", { count: event.data.length })}</Text>
          <SegmentedControl
            aria-label={t("event.content")}
            value={content}
            onChange={setContent}
            data={event.data.map((_, i) => ({ value: String(i), label: String(i + 1) }))}
          />
        </Group>
      )}
      <Content key={content} store={store} eventId={eventId} stored={stored} onFilter={onFilter} />
    </Stack>
  );
}

function Content({ store, eventId, stored, onFilter }: Props & { stored: StoredEvent }) {
  const t = useT();
  const openQuery = useOpenQuery();
  const { record } = stored;
  const { outcome } = tell(record);
  const sentence = sentenceOf(record, language());
  return (
    <>
      <div>
        <Group gap="xs" mb={4}>
          <Badge color={outcome.kind === "done" ? "lake" : outcome.kind === "denied" ? "amber" : "red"}>{t(`event.outcome.${outcome.kind}`)}</Badge>
          {textAt(record, "readOnly") === "false" && <Badge color="gray">{t("event.changes")}</Badge>}
          <Time value={textAt(record, "eventTime")} relative />
        </Group>
        <p className={classes["sentence"]} data-testid="sentence">{sentence}</p>
      </div>
      <Group gap="xs">
        <CopyMenu sentence={sentence} text={stored.text} address={window.location.origin + eventAddress(store, eventId)} />
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={13} />}>{t("event.pivot.title")}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {pivotsOf(store, record).map((p) => (
              <Menu.Item key={p.text} rightSection={<IconArrowRight size={13} />} onClick={() => void openQuery(p.sql, t(p.text))}>{t(p.text)}</Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Facts
        facts={[
          { text: "event.fact.principal", value: textAt(record, "userIdentity.arn", "userIdentity.principalId", "userIdentity.invokedBy") },
          { text: "event.fact.accessKey", value: textAt(record, "userIdentity.accessKeyId") },
          { text: "event.fact.address", value: textAt(record, "sourceIPAddress") },
          { text: "event.fact.agent", value: textAt(record, "userAgent") },
          { text: "event.fact.account", value: textAt(record, "recipientAccountId") },
          { text: "event.fact.error", value: [textAt(record, "errorCode"), textAt(record, "errorMessage")].filter(Boolean).join(": ") },
          { text: "event.fact.id", value: eventId },
        ]}
      />
      <Tabs defaultValue="fields" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="fields">{t("event.tab.fields")}</Tabs.Tab>
          <Tabs.Tab value="raw">{t("event.tab.raw")}</Tabs.Tab>
          <Tabs.Tab value="origin">{t("event.tab.origin")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="fields" pt="sm">
          <JsonTree record={record} label={t("event.tree")} onFilter={(filter) => onFilter(filter, record)} />
          <Text size="xs" c="dimmed" mt="xs">{t("event.treeKeys")}</Text>
        </Tabs.Panel>
        <Tabs.Panel value="raw" pt="sm">
          <Group justify="flex-end" mb={4}><Copy value={stored.text} label={t("event.copy.raw")} /></Group>
          <pre className={classes["raw"]} tabIndex={0} aria-label={t("event.tab.raw")}>{stored.text}</pre>
        </Tabs.Panel>
        <Tabs.Panel value="origin" pt="sm"><Origin store={store} stored={stored} /></Tabs.Panel>
      </Tabs>
    </>
  );
}

function CopyMenu({ sentence, text, address }: { sentence: string; text: string; address: string }) {
  const t = useT();
  const clipboard = useClipboard();
  useKey({ keys: "y", text: "event.copy.link", group: "keys.page" }, () => { clipboard.copy(address); });
  const indented = () => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={clipboard.copied ? <IconCheck size={13} /> : <IconCopy size={13} />} rightSection={<IconChevronDown size={13} />}>
          {clipboard.copied ? t("copied") : t("copy")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => { clipboard.copy(sentence); }}>{t("event.copy.sentence")}</Menu.Item>
        <Menu.Item onClick={() => { clipboard.copy(indented()); }}>{t("event.copy.json")}</Menu.Item>
        <Menu.Item onClick={() => { clipboard.copy(address); }}>{t("event.copy.link")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
