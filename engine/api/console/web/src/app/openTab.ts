import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Tab } from "../pages/query/tabs";

/** Opens a statement in a tab of the query page. The page's code, and the editor's, loads only then. */
export function useOpenTab() {
  const navigate = useNavigate();
  return useCallback(
    async (sql: string, more: Partial<Tab> = {}, replace = false) => {
      const { openTab } = await import("../pages/query/tabs");
      openTab(sql, more);
      await navigate({ to: "/query", replace });
    },
    [navigate],
  );
}
