import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useWatchChanges, type Watch } from "../../api/watches";
import { useT } from "../../texts";

/** Asks before a bucket is watched no more. */
export function DeleteWatch({ watch, onClose }: { watch: Watch | null; onClose: () => void }) {
  const t = useT();
  const { remove } = useWatchChanges();
  return (
    <Modal opened={watch !== null} onClose={onClose} title={t("watches.removeTitle", { source: watch?.s3?.s3LocationUri ?? "" })} closeButtonProps={{ "aria-label": t("close") }}>
      <Stack gap="md">
        <Text>{t("watches.removeHelp")}</Text>
        {remove.error && <Text c="red" role="alert">{remove.error.message}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>{t("cancel")}</Button>
          <Button color="red" loading={remove.isPending} onClick={() => { if (watch) remove.mutate(watch.watchedSourceId, { onSuccess: onClose }); }}>{t("watches.removeGo")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
