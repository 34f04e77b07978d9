import { notifications } from "@mantine/notifications";
import { UnstyledButton } from "@mantine/core";
import { useCallback, type ReactNode } from "react";
import { api, data } from "../api/client";
import { sources } from "../api/source";
import { useOpenTab } from "../app/openTab";
import { useT } from "../texts";
import classes from "./parts.module.css";

/** Runs a statement in a new tab of the query page and goes there. */
export function useOpenQuery() {
  const t = useT();
  const openTab = useOpenTab();
  return useCallback(
    async (sql: string, name = "") => {
      try {
        const { queryId } = await api.POST("/api/v1/queries", { body: { queryStatement: sql, source: sources.user } }).then(data);
        await openTab(sql, { name, queryId });
      } catch (error) {
        notifications.show({ color: "red", title: t("error.title"), message: error instanceof Error ? error.message : String(error) });
      }
    },
    [openTab, t],
  );
}

/** A figure, or words, that open the query they come from. label says so to screen readers. */
export function QueryLink({ sql, name, label, children }: { sql: string; name?: string; label: string; children: ReactNode }) {
  const open = useOpenQuery();
  return (
    <UnstyledButton className={classes["queryLink"]} aria-label={label} title={label} onClick={() => void open(sql, name)}>
      {children}
    </UnstyledButton>
  );
}
