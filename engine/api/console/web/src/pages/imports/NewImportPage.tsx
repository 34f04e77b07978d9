import { Alert, Button, Group, Progress, SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useImportChanges } from "../../api/imports";
import { isActive, useStoreChanges, useStores } from "../../api/stores";
import { formatBytes } from "../../parts/format";
import { Page, Panel } from "../../parts/Page";
import { StoreSelect } from "../../parts/StoreSelect";
import { TimeField } from "../../parts/TimeField";
import { useT } from "../../texts";
import { presets, selectorsOf } from "../stores/selectors";
import { BucketBrowser } from "./BucketBrowser";
import classes from "./imports.module.css";
import { UploadPicker, type Upload } from "./UploadPicker";
import { useUpload } from "./useUpload";

type From = "bucket" | "upload";
type To = "existing" | "new";

/** Starting an import: from where, into which store, what of it. */
export function NewImportPage() {
  const t = useT();
  const navigate = useNavigate();
  const { store: wanted } = useSearch({ from: "/imports/new" });
  const stores = useStores();
  const active = stores.data?.filter(isActive);
  const [from, setFrom] = useState<From>("bucket");
  const [uri, setUri] = useState("");
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [chosenTo, setTo] = useState<To | null>(null);
  const [picked, setPicked] = useState<string | null>(wanted ?? null);
  const [name, setName] = useState("");
  const [start, setStart] = useState<string>();
  const [end, setEnd] = useState<string>();
  const [dryRun, setDryRun] = useState(false);
  const [anyFormat, setAnyFormat] = useState<boolean | null>(null);
  const { submit, busy, error, uploading, cancel } = useStart();

  const to = chosenTo ?? (active?.length === 0 ? "new" : "existing");
  const storeId = picked ?? (active?.length === 1 ? active[0]!.eventDataStoreId : null);
  // Who picks files by hand seldom has them as CloudTrail leaves them in a bucket.
  const any = anyFormat ?? from === "upload";
  const ready = (from === "bucket" ? uri !== "" : uploads.length > 0) && (to === "new" ? name !== "" : storeId !== null);

  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit({
      ...(from === "bucket" ? { uri } : { uploads }),
      ...(to === "new" ? { name } : { storeId: storeId! }),
      start, end, dryRun, anyFormat: any,
    });
  };

  return (
    <Page title={t("imports.start")} subtitle={t("imports.purpose")}>
      <form onSubmit={send} className={classes["form"]}>
        <Panel title={t("imports.source")} actions={<SegmentedControl aria-label={t("imports.source")} value={from} onChange={(v) => { setFrom(v as From); }} data={[{ value: "bucket", label: t("imports.fromBucket") }, { value: "upload", label: t("imports.fromFiles") }]} />}>
          <Stack gap="md">
            {from === "bucket" ? <BucketBrowser uri={uri} onChange={setUri} /> : <UploadPicker uploads={uploads} onChange={setUploads} disabled={busy} />}
          </Stack>
        </Panel>
        <Panel title={t("imports.destination")} actions={<SegmentedControl aria-label={t("imports.destination")} value={to} onChange={(v) => { setTo(v as To); }} data={[{ value: "existing", label: t("imports.toExisting") }, { value: "new", label: t("imports.toNew") }]} />}>
          {to === "existing" ? (
            <StoreSelect label={t("imports.store")} value={storeId} onChange={setPicked} required />
          ) : (
            <TextInput label={t("imports.newName")} description={t("imports.newHelp")} required minLength={3} maxLength={128} pattern="[a-zA-Z0-9._\-]+" value={name} onChange={(e) => { setName(e.currentTarget.value); }} />
          )}
        </Panel>
        <Panel title={t("imports.what")}>
          <Stack gap="md">
            <Group grow align="start">
              <TimeField label={t("imports.from")} description={t("imports.rangeHelp")} placeholder={t("imports.fromFirst")} value={start} onChange={setStart} max={end} />
              <TimeField label={t("imports.to")} description={t("imports.rangeHelp")} placeholder={t("imports.toLast")} value={end} onChange={setEnd} min={start} />
            </Group>
            <Switch label={t("imports.anyFormat")} description={t("imports.anyFormatHelp")} checked={any} onChange={(e) => { setAnyFormat(e.currentTarget.checked); }} />
            <Switch label={t("imports.dryRun")} description={t("imports.dryRunHelp")} checked={dryRun} onChange={(e) => { setDryRun(e.currentTarget.checked); }} />
          </Stack>
        </Panel>
        {uploading && (
          <Panel>
            <Group justify="space-between" mb={6} role="status">
              <Text>{t("imports.uploading", { done: uploading.done, files: uploading.files })}</Text>
              <Text c="dimmed">{t("imports.bytesOf", { done: formatBytes(uploading.sent), found: formatBytes(uploading.total) })}</Text>
            </Group>
            <Progress value={uploading.total > 0 ? (100 * uploading.sent) / uploading.total : 100} aria-label={t("imports.uploadProgress")} />
          </Panel>
        )}
        {error !== null && (
          <Alert color="red" icon={<IconAlertTriangle size={16} />} title={t("error.title")} role="alert">
            <Text style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{error instanceof Error ? error.message : String(error)}</Text>
          </Alert>
        )}
        <Group>
          <Button type="submit" size="sm" loading={busy} disabled={!ready}>{t(dryRun ? "imports.goDry" : "imports.go")}</Button>
          {uploading ? (
            <Button variant="default" size="sm" onClick={cancel}>{t("imports.cancelUpload")}</Button>
          ) : (
            <Button variant="default" size="sm" onClick={() => void navigate({ to: "/imports" })}>{t("cancel")}</Button>
          )}
        </Group>
      </form>
    </Page>
  );
}

type Wanted = { uri?: string; uploads?: Upload[]; name?: string; storeId?: string; start: string | undefined; end: string | undefined; dryRun: boolean; anyFormat: boolean };

/** Makes the store and the upload that an import needs, starts it, and opens its page. */
function useStart() {
  const navigate = useNavigate();
  const { create } = useStoreChanges();
  const { start } = useImportChanges();
  const { state: uploading, send, cancel, reset } = useUpload();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // What a first try has made, so that a second does not make it again.
  const [made, setMade] = useState<{ name: string; storeId: string } | null>(null);

  const submit = async (w: Wanted) => {
    setBusy(true);
    setError(null);
    try {
      const location = w.uri ?? `upload://${await send(w.uploads!)}/`;
      let destination = w.storeId ?? (made?.name === w.name ? made?.storeId : undefined);
      if (!destination) {
        destination = (await create.mutateAsync({ name: w.name!, advancedEventSelectors: selectorsOf(presets.data()) })).eventDataStoreId;
        setMade({ name: w.name!, storeId: destination });
      }
      const { importId } = await start.mutateAsync({
        destinations: [destination],
        importSource: { s3: { s3LocationUri: location } },
        ...(w.start && { startEventTime: w.start }),
        ...(w.end && { endEventTime: w.end }),
        dryRun: w.dryRun,
        anyFormat: w.anyFormat,
      });
      await navigate({ to: "/imports/$importId", params: { importId } });
    } catch (e) {
      if (!(e instanceof DOMException && e.name === "AbortError")) setError(e);
    } finally {
      setBusy(false);
      reset();
    }
  };
  return { submit, busy, error, uploading, cancel };
}
