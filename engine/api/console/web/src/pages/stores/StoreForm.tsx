import { Alert, Button, Group, NumberInput, Radio, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { Panel } from "../../parts/Page";
import { useT } from "../../texts";
import { SelectorBuilder } from "./SelectorBuilder";
import type { Draft } from "./selectors";
import classes from "./stores.module.css";

export const billingModes = ["EXTENDABLE_RETENTION_PRICING", "FIXED_RETENTION_PRICING"] as const;

/** What a user may say of a store. */
export type Settings = {
  name: string;
  selectors: Draft[];
  retention: number;
  billingMode: string;
  protection: boolean;
  /** Of a new store only. */
  ingestion: boolean;
  /** Of a new store only: key=value. */
  tags: string[];
};

type Props = {
  initial: Settings;
  /** The store is there already. */
  existing?: boolean;
  submit: string;
  onSubmit: (settings: Settings) => void;
  onCancel: () => void;
  busy: boolean;
  error: unknown;
};

const retentions = [90, 366, 2557, 3653];

/** The settings of a store, for a new one and for a change. */
export function StoreForm({ initial, existing = false, submit, onSubmit, onCancel, busy, error }: Props) {
  const t = useT();
  const [settings, setSettings] = useState(initial);
  const set = (change: Partial<Settings>) => { setSettings((s) => ({ ...s, ...change })); };
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(settings);
  };
  return (
    <form onSubmit={send} className={classes["form"]}>
      <Panel title={t("stores.form.basics")}>
        <Stack gap="md">
          <TextInput label={t("stores.name")} description={t("stores.form.nameHelp")} required minLength={3} maxLength={128} pattern="[a-zA-Z0-9._\-]+" maw="30rem" value={settings.name} data-autofocus
            onChange={(e) => { set({ name: e.currentTarget.value }); }} />
          <Radio.Group label={t("stores.billing.name")} value={settings.billingMode} onChange={(billingMode) => { set({ billingMode, ...(!existing && { retention: billingMode === "FIXED_RETENTION_PRICING" ? 2557 : 366 }) }); }}>
            <Stack gap={6} mt={6}>
              {billingModes.map((m) => (
                <Radio key={m} size="xs" value={m} label={t(`stores.billing.${m}`)} description={t(`stores.billing.help.${m}`)} disabled={existing && initial.billingMode === "EXTENDABLE_RETENTION_PRICING" && m !== initial.billingMode} />
              ))}
            </Stack>
          </Radio.Group>
          <Group align="flex-end" gap="sm">
            <NumberInput label={t("stores.retention")} description={t("stores.form.retentionHelp")} required min={7} max={36500} allowDecimal={false} w="20rem" suffix={` ${t("stores.form.daysUnit")}`} value={settings.retention}
              onChange={(v) => { set({ retention: Number(v) || 0 }); }} />
            <Button.Group>
              {retentions.map((days) => (
                <Button key={days} variant="default" aria-pressed={settings.retention === days} onClick={() => { set({ retention: days }); }}>{t(`stores.form.retentions.${days as 90}`)}</Button>
              ))}
            </Button.Group>
          </Group>
          {existing && settings.retention < initial.retention && (
            <Alert color="amber" icon={<IconAlertTriangle size={16} />} title={t("stores.form.shorter")}>{t("stores.form.shorterHelp", { count: settings.retention })}</Alert>
          )}
          <Switch label={t("stores.form.protection")} description={t("stores.form.protectionHelp")} checked={settings.protection} onChange={(e) => { set({ protection: e.currentTarget.checked }); }} />
          {!existing && (
            <>
              <Switch label={t("stores.form.ingestion")} description={t("stores.form.ingestionHelp")} checked={settings.ingestion} onChange={(e) => { set({ ingestion: e.currentTarget.checked }); }} />
              <TagsInput label={t("stores.tags")} description={t("stores.form.tagsHelp")} maw="30rem" acceptValueOnBlur value={settings.tags} onChange={(tags) => { set({ tags }); }} />
            </>
          )}
        </Stack>
      </Panel>
      <Panel title={t("stores.selectors.title")}>
        <SelectorBuilder value={settings.selectors} onChange={(selectors) => { set({ selectors }); }} />
      </Panel>
      {error !== null && error !== undefined && (
        <Alert color="red" icon={<IconAlertTriangle size={16} />} title={t("error.title")} role="alert">
          <Text className={classes["mono"]}>{error instanceof Error ? error.message : String(error)}</Text>
        </Alert>
      )}
      <Group>
        <Button type="submit" size="sm" loading={busy}>{submit}</Button>
        <Button variant="default" size="sm" onClick={onCancel}>{t("cancel")}</Button>
      </Group>
    </form>
  );
}
