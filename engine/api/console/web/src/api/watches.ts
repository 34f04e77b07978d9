import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schema } from "./client";
import { allPages } from "./pages";

export type Watch = Schema<"WatchedSource">;

/** The watched buckets of all stores, the newest first; asked again and again, for they go on by themselves. */
export function useWatches() {
  return useQuery({
    queryKey: ["watches"],
    queryFn: ({ signal }) =>
      allPages(
        (nextToken) => api.GET("/api/v1/watched-sources", { params: { query: { maxResults: 100, ...(nextToken && { nextToken }) } }, signal }).then(data),
        (answer) => answer.watchedSources,
      ),
    refetchInterval: 5_000,
  });
}

/** What is done to watched buckets; what is known of them is asked for anew afterwards. */
export function useWatchChanges() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["watches"] });
  const path = (watchedSourceId: string) => ({ params: { path: { watchedSourceId } } });
  return {
    create: useMutation({ mutationFn: (body: Schema<"CreateWatchedSourceRequest">) => api.POST("/api/v1/watched-sources", { body }).then(data), onSettled }),
    pause: useMutation({ mutationFn: (id: string) => api.POST("/api/v1/watched-sources/{watchedSourceId}:pause", path(id)).then(data), onSettled }),
    resume: useMutation({ mutationFn: (id: string) => api.POST("/api/v1/watched-sources/{watchedSourceId}:resume", path(id)).then(data), onSettled }),
    remove: useMutation({ mutationFn: (id: string) => api.DELETE("/api/v1/watched-sources/{watchedSourceId}", path(id)).then(data), onSettled }),
  };
}
