import { Button, Code, Loader, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff, IconMoodEmpty, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { useT } from "../texts";
import classes from "./parts.module.css";

/** What a page or a part of it shows when there is nothing: says what would be here and how it gets here. */
export function EmptyState({ icon: Shown = IconMoodEmpty, title, children, action }: { icon?: Icon; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" className={classes["state"]}>
      <Shown size={32} stroke={1.4} className={classes["stateIcon"]} aria-hidden />
      <Title order={2}>{title}</Title>
      {children && <Text c="dimmed" ta="center" maw="32rem" component="div">{children}</Text>}
      {action}
    </Stack>
  );
}

/** What is shown in the place of something that could not be had, with the server's own words. */
export function ErrorState({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  const t = useT();
  const network = error instanceof ApiError && error.code === "Network";
  const message = error instanceof Error ? error.message : String(error);
  const Shown = network ? IconCloudOff : IconAlertTriangle;
  return (
    <Stack align="center" gap="sm" className={classes["state"]} role="alert">
      <Shown size={32} stroke={1.4} className={classes["stateBad"]} aria-hidden />
      <Title order={2}>{network ? t("error.network") : (title ?? t("error.title"))}</Title>
      <Text c="dimmed" ta="center" maw="40rem" className={classes["message"]}>{network ? t("error.networkHelp") : message}</Text>
      {error instanceof ApiError && !network && (
        <Text size="xs" c="dimmed">
          <Code>{error.code}</Code>{error.requestId && <> · {t("error.request", { id: error.requestId })}</>}
        </Text>
      )}
      {retry && <Button variant="default" onClick={retry}>{t("retry")}</Button>}
    </Stack>
  );
}

/** Waiting for a page or a large part of it. */
export function Loading() {
  const t = useT();
  return (
    <Stack align="center" className={classes["state"]} role="status">
      <Loader size="sm" />
      <Text c="dimmed">{t("loading")}</Text>
    </Stack>
  );
}

/** Waiting for lines of a list: their place is held, so that nothing jumps. */
export function LoadingRows({ rows = 6 }: { rows?: number }) {
  const t = useT();
  return (
    <Stack gap="xs" p="md" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, i) => <Skeleton key={i} height={18} />)}
    </Stack>
  );
}
