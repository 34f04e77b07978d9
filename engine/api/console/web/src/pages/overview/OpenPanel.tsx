import { ActionIcon, Tooltip } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { useOpenQuery } from "../../parts/openQuery";
import { useT } from "../../texts";

/** Opens the query behind a panel. */
export function OpenPanel({ sql, what }: { sql: string; what: string }) {
  const t = useT();
  const open = useOpenQuery();
  const label = t("overview.openQuery", { what });
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={() => void open(sql, what)}><IconTerminal2 size={15} /></ActionIcon>
    </Tooltip>
  );
}
