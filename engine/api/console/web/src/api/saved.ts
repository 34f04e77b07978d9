import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schema } from "./client";

export type SavedQuery = Schema<"SavedQuery">;
export type PastQuery = Schema<"PastQuery">;
export type NewSavedQuery = Schema<"CreateSavedQueryRequest">;

/** What a tab opened from a saved query is known by: a change of the query is another one, as is what its link carries. */
export function savedLink(query: SavedQuery, carried: string[] = []): string {
  return [query.savedQueryId, query.version, ...carried].join(" ");
}

export type SavedFilter = { searchPhrase?: string; tag?: string; owner?: string };

/** Saved queries by name, in pages. */
export function useSavedQueries(filter: SavedFilter) {
  return useInfiniteQuery({
    queryKey: ["saved", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => api.GET("/api/v1/saved-queries", { params: { query: { maxResults: 100, ...filter, ...(pageParam && { nextToken: pageParam }) } }, signal }).then(data),
    getNextPageParam: (last) => last.nextToken || undefined,
    placeholderData: keepPreviousData,
  });
}

/** A saved query by id. */
export function useSavedQuery(savedQueryId: string) {
  return useQuery({
    queryKey: ["saved", savedQueryId],
    queryFn: ({ signal }) => api.GET("/api/v1/saved-queries/{savedQueryId}", { params: { path: { savedQueryId } }, signal }).then(data),
    staleTime: 0,
  });
}

/** What is done to saved queries; lists are asked for anew afterwards. */
export function useSavedChanges() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["saved"] });
  return {
    create: useMutation({ mutationFn: (body: NewSavedQuery) => api.POST("/api/v1/saved-queries", { body }).then(data), onSettled }),
    // A query is replaced as a whole.
    update: useMutation({
      mutationFn: ({ query: q, by }: { query: SavedQuery; by: NewSavedQuery }) =>
        api.PUT("/api/v1/saved-queries/{savedQueryId}", { params: { path: { savedQueryId: q.savedQueryId } }, body: { version: q.version, ...by } }).then(data),
      onSettled,
    }),
    remove: useMutation({ mutationFn: (q: SavedQuery) => api.DELETE("/api/v1/saved-queries/{savedQueryId}", { params: { path: { savedQueryId: q.savedQueryId }, query: { version: q.version } } }).then(data), onSettled }),
  };
}

export type HistoryFilter = { searchPhrase?: string; queryStatus?: string; eventDataStore?: string; owner?: string; excludeSources?: string[] };

/** Past queries, the newest first, in pages; asked again while one of them runs. */
export function useHistory(filter: HistoryFilter) {
  return useInfiniteQuery({
    queryKey: ["history", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => api.GET("/api/v1/history", { params: { query: { maxResults: 50, ...filter, ...(pageParam && { nextToken: pageParam }) } }, signal }).then(data),
    getNextPageParam: (last) => last.nextToken || undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.pages.some((p) => p.queries.some((q) => q.queryStatus === "RUNNING" || q.queryStatus === "QUEUED")) ? 2000 : false),
  });
}
