import { useQuery, type QueryClient } from "@tanstack/react-query";
import { api, data, type Schema } from "../../api/client";

// What completion and the parts of the query page know of the lake. Asked once,
// kept for minutes.

const minutes = 60_000;

export async function fetchStores(signal?: AbortSignal): Promise<Schema<"EventDataStore">[]> {
  const stores = [];
  let nextToken = "";
  do {
    const page = await api
      .GET("/api/v1/event-data-stores", { params: { query: nextToken ? { nextToken } : {} }, ...(signal && { signal }) })
      .then(data);
    stores.push(...page.eventDataStores);
    nextToken = page.nextToken;
  } while (nextToken);
  return stores;
}

const storesQuery = { queryKey: ["stores", "all"], queryFn: ({ signal }: { signal: AbortSignal }) => fetchStores(signal), staleTime: minutes };

/** All stores. */
export function useStores() {
  return useQuery(storesQuery);
}

/** What completion asks, from the cache where it is there. */
export function lakeOf(cache: QueryClient) {
  return {
    stores: () => cache.fetchQuery(storesQuery),
    functions: () =>
      cache.fetchQuery({
        queryKey: ["functions"],
        queryFn: ({ signal }) => api.GET("/api/v1/functions", { signal }).then(data).then((x) => x.functions),
        staleTime: Infinity,
      }),
    columns: (eventDataStore: string) =>
      cache.fetchQuery({
        queryKey: ["columns", eventDataStore],
        queryFn: ({ signal }) => api.GET("/api/v1/event-data-stores/{eventDataStore}:columns", { params: { path: { eventDataStore } }, signal }).then(data).then((x) => x.columns),
        staleTime: Infinity,
      }),
    values: (eventDataStore: string, column: string, key: string, prefix: string) =>
      cache.fetchQuery({
        queryKey: ["values", eventDataStore, column, key, prefix],
        queryFn: ({ signal }) =>
          api
            .GET("/api/v1/event-data-stores/{eventDataStore}:values", {
              params: { path: { eventDataStore }, query: { column, ...(key && { key }), ...(prefix && { prefix }), maxResults: 100 } },
              signal,
            })
            .then(data)
            .then((x) => x.values),
        staleTime: 5 * minutes,
      }),
  };
}

export type Lake = ReturnType<typeof lakeOf>;
