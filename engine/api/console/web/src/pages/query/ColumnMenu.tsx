import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconCopy, IconEyeOff } from "@tabler/icons-react";
import { useRef } from "react";
import { useT } from "../../texts";
import { copyText } from "../../parts/copyText";
import classes from "./result.module.css";

/** What can be done with a column: sort by it, which runs the statement again, or hide it. */
export function ColumnMenu({ name, onSort, onHide }: { name: string; onSort: (desc: boolean) => void; onHide: () => void }) {
  const t = useT();
  const target = useRef<HTMLButtonElement>(null);
  const hide = () => {
    // The menu goes with its column, and would take the focus along.
    target.current?.closest<HTMLElement>("[role=grid]")?.focus();
    onHide();
  };
  return (
    <Menu returnFocus>
      <Menu.Target>
        {/* The grid is one stop of the Tab key; its heads are reached by arrow keys. */}
        <ActionIcon ref={target} size={18} tabIndex={-1} className={classes["columnMenu"]} aria-label={t("query.columns.menu", { name })}><IconChevronDown size={13} /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconArrowUp size={15} />} onClick={() => { onSort(false); }}>{t("query.columns.ascending")}</Menu.Item>
        <Menu.Item leftSection={<IconArrowDown size={15} />} onClick={() => { onSort(true); }}>{t("query.columns.descending")}</Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconEyeOff size={15} />} onClick={hide}>{t("query.columns.hide")}</Menu.Item>
        <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => void copyText(name)}>{t("query.columns.copyName")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
