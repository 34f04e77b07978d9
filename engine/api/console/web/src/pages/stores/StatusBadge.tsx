import { Badge } from "@mantine/core";
import { useT, type TextKey } from "../../texts";

const colors: Record<string, string> = { ENABLED: "lake", CREATED: "lake", STOPPED_INGESTION: "gray", PENDING_DELETION: "amber" };

/** The status of a store in words. */
export function StatusBadge({ status }: { status: string }) {
  const t = useT();
  return <Badge miw="max-content" color={colors[status] ?? "gray"} tt="none">{t(`stores.status.${status}` as TextKey)}</Badge>;
}
