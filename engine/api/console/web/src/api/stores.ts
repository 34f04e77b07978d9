import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schema } from "./client";
import { allPages } from "./pages";

export type Store = Schema<"EventDataStore">;
export type Selector = Schema<"AdvancedEventSelector">;

/** Whether queries and imports reach a store. */
export function isActive(store: Store): boolean {
  return store.status !== "PENDING_DELETION";
}

const trailCategories = ["Management", "Data", "NetworkActivity"];

/** The category of the events that a store's first selector chooses. */
export function category(store: Pick<Store, "advancedEventSelectors">): string | undefined {
  return store.advancedEventSelectors[0]?.fieldSelectors?.find((f) => f.field === "eventCategory")?.equals?.[0];
}

/** Whether a store holds CloudTrail events, as trails have them; the other families have other columns. */
export function holdsTrail(store: Pick<Store, "advancedEventSelectors">): boolean {
  const of = category(store);
  return of === undefined || trailCategories.includes(of);
}

/** The last part of a store's ARN. */
export function storeIdOf(arn: string | undefined): string {
  return arn?.slice(arn.lastIndexOf("/") + 1) ?? "";
}

/** A store in a FROM clause, for people: its name where SQL can quote it, which is always. */
export function storeInSql(store: Pick<Store, "name">): string {
  return `"${store.name.replaceAll('"', '""')}"`;
}

/** All event data stores, by name. */
export function useStores() {
  return useQuery({
    queryKey: ["stores"],
    queryFn: ({ signal }) =>
      allPages(
        (nextToken) => api.GET("/api/v1/event-data-stores", { params: { query: { maxResults: 1000, ...(nextToken && { nextToken }) } }, signal }).then(data),
        (answer) => answer.eventDataStores,
      ),
  });
}

/** A store, by id or ARN. */
export function useStore(id: string) {
  return useQuery({
    queryKey: ["stores", id],
    queryFn: ({ signal }) => api.GET("/api/v1/event-data-stores/{eventDataStore}", { params: { path: { eventDataStore: id } }, signal }).then(data),
  });
}

/** What is done to stores; lists and descriptions are asked for anew afterwards. */
export function useStoreChanges() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["stores"] });
  const at = (id: string) => ({ params: { path: { eventDataStore: id } } });
  return {
    create: useMutation({ mutationFn: (body: Schema<"CreateEventDataStoreRequest">) => api.POST("/api/v1/event-data-stores", { body }).then(data), onSettled }),
    update: useMutation({
      mutationFn: ({ id, ...body }: { id: string } & Schema<"UpdateEventDataStoreBody">) => api.PATCH("/api/v1/event-data-stores/{eventDataStore}", { ...at(id), body }).then(data),
      onSettled,
    }),
    remove: useMutation({ mutationFn: (id: string) => api.DELETE("/api/v1/event-data-stores/{eventDataStore}", at(id)).then(data), onSettled }),
    restore: useMutation({ mutationFn: (id: string) => api.POST("/api/v1/event-data-stores/{eventDataStore}:restore", at(id)).then(data), onSettled }),
    startIngestion: useMutation({ mutationFn: (id: string) => api.POST("/api/v1/event-data-stores/{eventDataStore}:startIngestion", at(id)).then(data), onSettled }),
    stopIngestion: useMutation({ mutationFn: (id: string) => api.POST("/api/v1/event-data-stores/{eventDataStore}:stopIngestion", at(id)).then(data), onSettled }),
  };
}
