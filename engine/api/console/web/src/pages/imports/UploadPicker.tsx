import { fromEvent } from "file-selector";
import { ActionIcon, Button, FileButton, Group, Text } from "@mantine/core";
import { IconFolderOpen, IconUpload, IconX } from "@tabler/icons-react";
import { useRef, useState, type DragEvent } from "react";
import { Bytes } from "../../parts/Figures";
import { formatBytes } from "../../parts/format";
import { useT } from "../../texts";
import classes from "./imports.module.css";

/** A file and the key it is uploaded under. */
export type Upload = { key: string; file: File };

/** Files as uploads; those of a folder, chosen or dropped, keep their way through it. */
function uploadsOf(files: Iterable<File & { relativePath?: string }>): Upload[] {
  return [...files].map((file) => ({ key: (file.webkitRelativePath || file.relativePath || file.name).replace(/^\.?\//, ""), file }));
}

const shown = 200;

/** Chooses files: dropped, one by one, or a folder with all that is below it. */
export function UploadPicker({ uploads, onChange, disabled }: { uploads: Upload[]; onChange: (u: Upload[]) => void; disabled: boolean }) {
  const t = useT();
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const add = (files: Iterable<File>) => {
    const byKey = new Map([...uploads, ...uploadsOf(files)].map((u) => [u.key, u]));
    onChange([...byKey.values()]);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (disabled) return;
    // What a dropped folder holds is read from the event, which the browser empties when the handler ends.
    void fromEvent(event.nativeEvent).then((dropped) => { add(dropped.filter((d) => d instanceof File)); });
  };
  const bytes = uploads.reduce((sum, u) => sum + u.file.size, 0);
  return (
    <>
      <div className={classes["drop"]} data-over={over || undefined} onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => { setOver(false); }} onDrop={drop}>
        <IconUpload size={28} stroke={1.4} aria-hidden />
        <Text>{t("imports.drop")}</Text>
        <Group gap="xs">
          <FileButton multiple disabled={disabled} onChange={(files) => { add(files); }} inputProps={{ "aria-label": t("imports.chooseFiles") }}>
            {(props) => <Button variant="default" {...props}>{t("imports.chooseFiles")}</Button>}
          </FileButton>
          <Button variant="default" disabled={disabled} leftSection={<IconFolderOpen size={14} />} onClick={() => folder.current?.click()}>{t("imports.chooseFolder")}</Button>
          <input ref={(input) => { folder.current = input; if (input) input.webkitdirectory = true; }} type="file" hidden aria-label={t("imports.chooseFolder")} onChange={(e) => { add(e.currentTarget.files ?? []); e.currentTarget.value = ""; }} />
        </Group>
        <Text size="xs" c="dimmed">{t("imports.dropHelp")}</Text>
      </div>
      {uploads.length > 0 && (
        <div className={classes["browser"]}>
          <Group justify="space-between" className={classes["crumbs"]}>
            <Text size="xs">{t("imports.files", { count: uploads.length, bytes: formatBytes(bytes) })}</Text>
            <Button variant="subtle" size="compact-xs" disabled={disabled} onClick={() => { onChange([]); }}>{t("imports.clearFiles")}</Button>
          </Group>
          <ul className={classes["entries"]}>
            {uploads.slice(0, shown).map((u) => (
              <li key={u.key} className={classes["entry"]}>
                <span className={classes["entryName"]}>{u.key}</span>
                <Bytes value={u.file.size} />
                <ActionIcon size="xs" disabled={disabled} aria-label={t("imports.removeFile", { file: u.key })} onClick={() => { onChange(uploads.filter((x) => x !== u)); }}><IconX size={12} /></ActionIcon>
              </li>
            ))}
            {uploads.length > shown && <li className={classes["entry"]}>{t("imports.moreFiles", { count: uploads.length - shown })}</li>}
          </ul>
        </div>
      )}
    </>
  );
}
