import { useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { api, data, type Schema } from "../../api/client";

/** What a statement would read, asked when nothing has been typed for a moment. */
export function useEstimate(queryStatement: string, queryParameters: string[], valid: boolean) {
  const [asked] = useDebouncedValue({ queryStatement, queryParameters, valid }, 500);
  return useQuery<Schema<"EstimateQueryResponse">>({
    queryKey: ["estimate", asked.queryStatement, asked.queryParameters],
    enabled: asked.valid && valid && asked.queryStatement.trim() !== "",
    queryFn: ({ signal }) => api.POST("/api/v1/queries:estimate", { body: { queryStatement: asked.queryStatement, queryParameters: asked.queryParameters }, signal }).then(data),
    placeholderData: (previous) => previous,
    staleTime: 60_000,
    retry: false,
  });
}
