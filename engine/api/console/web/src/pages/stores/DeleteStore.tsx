import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { int } from "../../api/client";
import { useStoreChanges, type Store } from "../../api/stores";
import { formatBytes, formatCount } from "../../parts/format";
import { useT } from "../../texts";

/** Deletes a store once its name has been typed. */
export function DeleteStore({ store, opened, onClose }: { store: Store; opened: boolean; onClose: () => void }) {
  const t = useT();
  return (
    <Modal opened={opened} onClose={onClose} title={t("stores.delete.title", { name: store.name })} closeButtonProps={{ "aria-label": t("close") }}>
      {store.terminationProtectionEnabled ? <Protected store={store} /> : <Confirm store={store} onClose={onClose} />}
    </Modal>
  );
}

function Protected({ store }: { store: Store }) {
  const t = useT();
  const { update } = useStoreChanges();
  return (
    <Stack gap="md">
      <Alert color="amber" icon={<IconLock size={16} />} title={t("stores.delete.protected")}>{t("stores.delete.protectedHelp")}</Alert>
      {update.error && <Text c="red" role="alert">{update.error.message}</Text>}
      <Button variant="default" loading={update.isPending} onClick={() => { update.mutate({ id: store.eventDataStoreId, terminationProtectionEnabled: false }); }}>{t("stores.delete.unprotect")}</Button>
    </Stack>
  );
}

function Confirm({ store, onClose }: { store: Store; onClose: () => void }) {
  const t = useT();
  const { remove } = useStoreChanges();
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === store.name) remove.mutate(store.eventDataStoreId, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{t("stores.delete.help", { events: formatCount(int(store.events)), bytes: formatBytes(int(store.bytes)) })}</Text>
        <TextInput label={t("stores.delete.type", { name: store.name })} value={typed} onChange={(e) => { setTyped(e.currentTarget.value); }} autoComplete="off" spellCheck={false} data-autofocus />
        {remove.error && <Text c="red" role="alert">{remove.error.message}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" color="red" disabled={typed !== store.name} loading={remove.isPending}>{t("stores.delete.go")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
