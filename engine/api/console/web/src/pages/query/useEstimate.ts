import { useQuery } from "@tanstack/react-query";
import { useDebouncedValue } from "@mantine/hooks";
import { api, data, type Schema } from "../../api/client";
import { inRange } from "./inRange";
import type { TimeRange } from "./range";

/** What a statement would read, asked when nothing has been typed for a moment. */
export function useEstimate(queryStatement: string, queryParameters: string[], range: TimeRange | null, valid: boolean) {
  const [asked] = useDebouncedValue({ queryStatement, queryParameters, range, valid }, 500);
  return useQuery<Schema<"EstimateQueryResponse">>({
    queryKey: ["estimate", asked.queryStatement, asked.queryParameters, asked.range],
    enabled: asked.valid && valid && asked.queryStatement.trim() !== "",
    queryFn: async ({ signal }) => {
      const statement = await inRange(asked.queryStatement, asked.range, signal);
      return api.POST("/api/v1/queries:estimate", { body: { queryStatement: statement, queryParameters: asked.queryParameters }, signal }).then(data);
    },
    placeholderData: (previous) => previous,
    staleTime: 60_000,
    retry: false,
  });
}
