import { api, data, type Schema } from "./client";

/** Changes a statement as the server reads it: a filter, an order, a time range. Nothing is run. */
export async function editQuery(queryStatement: string, edits: Schema<"QueryEdit">[], signal?: AbortSignal): Promise<string> {
  const edited = await api.POST("/api/v1/queries:edit", { body: { queryStatement, edits }, ...(signal && { signal }) }).then(data);
  return edited.queryStatement;
}
