import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schema } from "../../api/client";
import { sources } from "../../api/source";

/** Whether a query has not come to an end. */
export function isRunning(status: string | undefined): boolean {
  return status === "QUEUED" || status === "RUNNING";
}

/** A query as the server describes it, asked again and again while it runs. */
export function useDescribed(queryId: string | null) {
  return useQuery({
    queryKey: ["query", queryId],
    enabled: queryId !== null,
    queryFn: ({ signal }) => api.GET("/api/v1/queries/{queryId}", { params: { path: { queryId: queryId! } }, signal }).then(data),
    staleTime: ({ state }) => (isRunning(state.data?.queryStatus) ? 0 : Infinity),
    // Short queries feel immediate; long ones are not asked about all the time.
    refetchInterval: ({ state }) => (isRunning(state.data?.queryStatus) ? Math.min(100 + state.dataUpdateCount * 50, 700) : false),
  });
}

/** Starting a query and cancelling it. */
export function useRun() {
  const cache = useQueryClient();
  const start = useMutation({
    mutationFn: (request: Schema<"StartQueryRequest">) => api.POST("/api/v1/queries", { body: { ...request, source: sources.user } }).then(data),
  });
  const cancel = useMutation({
    mutationFn: (queryId: string) => api.POST("/api/v1/queries/{queryId}:cancel", { params: { path: { queryId } } }).then(data),
    onSettled: (_data, _error, queryId) => cache.invalidateQueries({ queryKey: ["query", queryId] }),
  });
  return { start, cancel };
}
