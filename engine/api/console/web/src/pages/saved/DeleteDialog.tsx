import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useSavedChanges, type SavedQuery } from "../../api/saved";
import { useT } from "../../texts";

/** Asks before a saved query is deleted for everyone. */
export function DeleteDialog({ query, onClose }: { query: SavedQuery | null; onClose: () => void }) {
  const t = useT();
  const { remove } = useSavedChanges();
  return (
    <Modal opened={query !== null} onClose={onClose} title={t("saved.deleteTitle", { name: query?.name ?? "" })} closeButtonProps={{ "aria-label": t("close") }}>
      <Stack gap="md">
        <Text>{t("saved.deleteHelp")}</Text>
        {remove.error && <Text c="red" role="alert">{remove.error.message}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t("cancel")}</Button>
          <Button color="red" loading={remove.isPending} onClick={() => { if (query) remove.mutate(query, { onSuccess: onClose }); }}>{t("saved.deleteGo")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
