import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Schema } from "../../api/client";
import { useT } from "../../texts";
import classes from "./query.module.css";

/** What is wrong with the statement as it stands, in one line; a click goes to its place. */
export function Problem({ error, onOpen }: { error: Schema<"StatementError">; onOpen: () => void }) {
  const t = useT();
  return (
    <UnstyledButton className={classes["problem"]} onClick={onOpen} title={error.message} aria-label={t("query.problem", { message: error.message })} role="status">
      <IconAlertTriangle size={14} aria-hidden />
      <span className={classes["problemText"]}>{error.message}</span>
    </UnstyledButton>
  );
}
