import { ApiError, api, data, int } from "./client";

/** A value of a result: its text, or null for NULL. */
export type SqlValue = string | null;

/** A short result, whole. */
export type SqlResult = { queryId: string; columns: string[]; rows: SqlValue[][] };

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      window.clearTimeout(timer);
      reject(new DOMException("aborted", "AbortError"));
    };
    const timer = window.setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

const mostRows = 10_000; // what a window may hold

/**
 * Runs a statement whose result is short, and waits for its end; source says which
 * page asks. A query that fails is thrown as an ApiError. Aborting cancels it.
 */
export async function runSql(queryStatement: string, source: string, signal?: AbortSignal): Promise<SqlResult> {
  const { queryId } = await api.POST("/api/v1/queries", { body: { queryStatement, source }, ...(signal && { signal }) }).then(data);
  try {
    for (let wait = 30; ; wait = Math.min(wait * 1.5, 700)) {
      const answer = await api
        .GET("/api/v1/queries/{queryId}/rows", { params: { path: { queryId }, query: { maxResults: mostRows } }, ...(signal && { signal }) })
        .then(data);
      if (answer.queryStatus === "FINISHED" && answer.rows.length < int(answer.totalRows)) throw new ApiError(200, "ResultTooLarge", `${answer.totalRows} rows where at most ${mostRows} were expected`);
      if (answer.queryStatus === "FINISHED") return { queryId, columns: answer.columns.map((c) => c.name), rows: answer.rows as unknown as SqlValue[][] };
      if (answer.queryStatus !== "QUEUED" && answer.queryStatus !== "RUNNING") throw new ApiError(200, answer.queryStatus, answer.errorMessage || answer.queryStatus);
      await pause(wait, signal);
    }
  } catch (error) {
    if (signal?.aborted) void api.POST("/api/v1/queries/{queryId}:cancel", { params: { path: { queryId } } }).catch(() => undefined);
    throw error;
  }
}
