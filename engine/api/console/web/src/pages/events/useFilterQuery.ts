import { notifications } from "@mantine/notifications";
import { useCallback } from "react";
import { useOpenQuery } from "../../parts/openQuery";
import { useT } from "../../texts";
import { filtered, newestEvents, type EventFilter } from "./filter";
import type { Json } from "./tell/record";
import { pathText } from "./tree";

/** Opens a query for the events of a store that a filter lets through. */
export function useFilterQuery(store: string) {
  const t = useT();
  const open = useOpenQuery();
  return useCallback(
    async (filter: EventFilter, record: Json) => {
      try {
        const sql = await filtered(newestEvents(store, record), filter);
        await open(sql, `${pathText(filter.path)} ${filter.out ? "≠" : "="} ${String(filter.value)}`);
      } catch (error) {
        notifications.show({ color: "red", title: t("error.title"), message: error instanceof Error ? error.message : String(error) });
      }
    },
    [open, store, t],
  );
}
