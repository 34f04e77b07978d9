import { ActionIcon, Button, Checkbox, Menu, Popover, ScrollArea, Stack, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconColumns3, IconCopy, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { formatCount } from "../../parts/format";
import { useT } from "../../texts";
import { copyRows, type CopyFormat } from "./copyRows";

const exports = ["csv", "jsonl", "parquet", "arrow"] as const;
const copies: CopyFormat[] = ["text", "json", "markdown"];

/** Which columns are shown, copying, and exporting a result. */
export function ResultActions({ queryId, columns, total, hidden, onHidden, finished }: {
  queryId: string;
  columns: Schema<"ResultColumn">[];
  total: number;
  hidden: ReadonlySet<number>;
  onHidden: (hidden: ReadonlySet<number>) => void;
  finished: boolean;
}) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const copy = async (format: CopyFormat) => {
    setBusy(true);
    try {
      const count = await copyRows(queryId, hidden, format);
      notifications.show({ message: count < total ? t("query.copy.part", { count, total: formatCount(total) }) : t("query.copy.all", { count }) });
    } catch (error) {
      notifications.show({ color: "red", title: t("error.title"), message: String(error) });
    } finally {
      setBusy(false);
    }
  };
  const toggle = (i: number) => {
    const next = new Set(hidden);
    if (!next.delete(i)) next.add(i);
    if (next.size < columns.length) onHidden(next); // one is always there
  };
  return (
    <>
      <Popover position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button variant="subtle" color="gray" leftSection={<IconColumns3 size={15} />}>
            {hidden.size > 0 ? t("query.columns.some", { shown: columns.length - hidden.size, all: columns.length }) : t("query.columns.label")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <ScrollArea.Autosize mah={360} type="auto">
            <Stack gap={6} pr="md">
              <Checkbox
                label={t("query.columns.all")}
                checked={hidden.size === 0}
                indeterminate={hidden.size > 0}
                onChange={() => { onHidden(new Set()); }}
              />
              {columns.map((c, i) => (
                <Checkbox key={i} label={c.name} checked={!hidden.has(i)} onChange={() => { toggle(i); }} />
              ))}
            </Stack>
          </ScrollArea.Autosize>
        </Popover.Dropdown>
      </Popover>
      <Menu>
        <Menu.Target>
          <Tooltip label={t("query.copy.label")}>
            <ActionIcon aria-label={t("query.copy.label")} loading={busy}><IconCopy size={16} /></ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("query.copy.label")}</Menu.Label>
          {copies.map((format) => (
            <Menu.Item key={format} onClick={() => void copy(format)}>{t(`query.copy.${format as "text"}`)}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu disabled={!finished}>
        <Menu.Target>
          <Button variant="subtle" color="gray" leftSection={<IconDownload size={15} />} disabled={!finished}>{t("query.export.label")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("query.export.whole", { count: total })}</Menu.Label>
          {exports.map((format) => (
            <Menu.Item key={format} component="a" href={`/api/v1/queries/${encodeURIComponent(queryId)}/export?format=${format}`} download>
              {t(`query.export.${format}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
