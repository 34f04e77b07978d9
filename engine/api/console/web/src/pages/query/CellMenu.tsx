import { Menu } from "@mantine/core";
import { IconArrowsMaximize, IconCopy, IconFileSearch, IconFilter, IconFilterX } from "@tabler/icons-react";
import { useT } from "../../texts";
import type { Value } from "./rows";

/** Where a menu of a cell is open, and for which. */
export type OpenCellMenu = { x: number; y: number; column: string; value: Value };

type Props = {
  at: OpenCellMenu | null;
  onClose: () => void;
  onFilter: (exclude: boolean) => void;
  onOpen: () => void;
  /** Undefined: the row names no event. */
  onEvent: (() => void) | undefined;
  onCopy: () => void;
};

/** What can be done with a cell: keep or drop its value, which runs the statement again, or open what it is of. */
export function CellMenu({ at, onClose, onFilter, onOpen, onEvent, onCopy }: Props) {
  const t = useT();
  const shown = at?.value === null ? "NULL" : (at?.value ?? "").slice(0, 40);
  return (
    <Menu opened={at !== null} onClose={onClose} position="bottom-start" returnFocus>
      <Menu.Target>
        {/* Only the place the menu opens at. */}
        <button type="button" aria-hidden tabIndex={-1} className="visually-hidden" style={{ position: "fixed", left: at?.x ?? 0, top: at?.y ?? 0 }} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{at?.column} = {shown}</Menu.Label>
        <Menu.Item leftSection={<IconFilter size={15} />} onClick={() => { onFilter(false); }}>{t("query.cell.filterIn")}</Menu.Item>
        <Menu.Item leftSection={<IconFilterX size={15} />} onClick={() => { onFilter(true); }}>{t("query.cell.filterOut")}</Menu.Item>
        <Menu.Divider />
        {onEvent && <Menu.Item leftSection={<IconFileSearch size={15} />} onClick={onEvent}>{t("query.cell.event")}</Menu.Item>}
        <Menu.Item leftSection={<IconArrowsMaximize size={15} />} onClick={onOpen}>{t("query.cell.open")}</Menu.Item>
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={onCopy}>{t("copy")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
