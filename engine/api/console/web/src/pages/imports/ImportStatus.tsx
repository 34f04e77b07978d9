import { Badge, Progress } from "@mantine/core";
import { int } from "../../api/client";
import { isImporting, type Import } from "../../api/imports";
import { useT, type TextKey } from "../../texts";

const colors: Record<string, string> = { COMPLETED: "lake", FAILED: "red", STOPPED: "gray" };

/** The status of an import in words. */
export function ImportStatus({ status }: { status: string }) {
  const t = useT();
  return <Badge miw="max-content" color={colors[status] ?? "amber"} tt="none">{t(`imports.status.${status}` as TextKey)}</Badge>;
}

/** Objects that an import is done with, whatever became of them. */
export function objectsDone(i: Import): number {
  const s = i.importStatistics;
  return int(s?.filesCompleted) + int(s?.filesSkipped) + int(s?.failedEntries);
}

/** How far an import has come: objects done of those found. */
export function ImportProgress({ value: i, size = "sm" }: { value: Import; size?: "sm" | "lg" }) {
  const t = useT();
  const found = int(i.importStatistics?.filesFound);
  const done = objectsDone(i);
  const percent = found > 0 ? Math.min(100, (100 * done) / found) : 0;
  const running = isImporting(i);
  return (
    <Progress.Root size={size} radius="sm">
      <Progress.Section value={percent} animated={running} striped={running} color={i.importStatus === "FAILED" ? "red" : "lake"} aria-label={t("imports.progress", { done, found })} />
    </Progress.Root>
  );
}
