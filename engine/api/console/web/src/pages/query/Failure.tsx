import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useT } from "../../texts";
import classes from "./query.module.css";

/** Why a query failed, in the server's words, with the place in the statement when the message names one. */
export function Failure({ message, statement }: { message: string; statement: string }) {
  const t = useT();
  return (
    <div className={classes["failureFrame"]}>
      <Alert color="red" title={t("query.result.failed")} icon={<IconAlertTriangle size={18} />} role="alert">
        <pre className={classes["failure"]}>{pointedOut(message, statement)}</pre>
      </Alert>
    </div>
  );
}

// Adds the line and a caret to a message that names a place and does not show it.
function pointedOut(message: string, statement: string): string {
  const place = /line (\d+):(\d+):/.exec(message);
  const line = place && statement.split("\n")[Number(place[1]) - 1];
  if (!line || message.includes("\n")) return message;
  const indent = [...line].slice(0, Number(place[2]) - 1).map((c) => (c === "\t" ? "\t" : " ")).join("");
  return `${message}\n\n${line}\n${indent}^`;
}
