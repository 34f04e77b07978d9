import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { isActive, useStores } from "../../api/stores";
import { useWatchChanges } from "../../api/watches";
import { Page, Panel } from "../../parts/Page";
import { StoreSelect } from "../../parts/StoreSelect";
import { TimeField } from "../../parts/TimeField";
import { useT } from "../../texts";
import { BucketBrowser } from "../imports/BucketBrowser";
import classes from "../imports/imports.module.css";

/** Beginning to watch a bucket: which, into which store, from when on. */
export function NewWatchPage() {
  const t = useT();
  const navigate = useNavigate();
  const active = useStores().data?.filter(isActive);
  const { create } = useWatchChanges();
  const [uri, setUri] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const [queue, setQueue] = useState("");
  const [start, setStart] = useState<string>();
  const store = picked ?? (active?.length === 1 ? active[0]!.eventDataStoreId : null);

  const send = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { eventDataStore: store!, s3: { s3LocationUri: uri }, ...(queue && { sqsQueueUrl: queue }), ...(start && { startEventTime: start }) },
      { onSuccess: () => void navigate({ to: "/imports" }) },
    );
  };
  return (
    <Page title={t("watches.start")} subtitle={t("watches.purpose")}>
      <form onSubmit={send} className={classes["form"]}>
        <Panel title={t("imports.source")}>
          <Stack gap="md">
            <BucketBrowser uri={uri} onChange={setUri} />
            <TextInput label={t("watches.queue")} description={t("watches.queueHelp")} placeholder="https://sqs.us-east-1.amazonaws.com/111122223333/trails" value={queue} onChange={(e) => { setQueue(e.currentTarget.value.trim()); }} spellCheck={false} autoComplete="off" pattern="https?://.+" />
            <TimeField label={t("watches.from")} description={t("watches.fromHelp")} placeholder={t("watches.fromNow")} value={start} onChange={setStart} />
          </Stack>
        </Panel>
        <Panel title={t("imports.destination")}>
          <StoreSelect label={t("imports.store")} value={store} onChange={setPicked} required />
          <Text size="xs" c="dimmed" mt={6}>{t("watches.storeHelp")}</Text>
        </Panel>
        {create.error && (
          <Alert color="red" icon={<IconAlertTriangle size={16} />} title={t("error.title")} role="alert">
            <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{create.error.message}</Text>
          </Alert>
        )}
        <Group>
          <Button type="submit" size="sm" loading={create.isPending} disabled={uri === "" || store === null}>{t("watches.go")}</Button>
          <Button variant="default" size="sm" onClick={() => void navigate({ to: "/imports" })}>{t("cancel")}</Button>
        </Group>
      </form>
    </Page>
  );
}
