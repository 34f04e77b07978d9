import { keepPreviousData, useQueries, useQuery, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api, data, int, type Schema } from "../../api/client";

/** Rows are asked for in windows of so many, beginning at its multiples. */
export const windowRows = 500;

/** Longer values are cut by the server; opening the cell gets the whole. */
export const cellCharacters = 300;

/** A value of a result: its text, or null for NULL. */
export type Value = string | null;

export type RowWindow = {
  columns: Schema<"ResultColumn">[];
  rows: Value[][];
  total: number;
  /** By row of the window, the columns whose values are cut, as ",3,7,". */
  cut: Map<number, string>;
};

/** Rows of a result; a short answer is the end, or the server's limit on bytes. */
export async function fetchRows(queryId: string, offset: number, rows: number, characters: number, signal?: AbortSignal): Promise<RowWindow> {
  const answer = await api
    .GET("/api/v1/queries/{queryId}/rows", {
      params: { path: { queryId }, query: { offset: String(offset), maxResults: rows, maxCellCharacters: characters } },
      ...(signal && { signal }),
    })
    .then(data);
  return {
    columns: answer.columns,
    rows: answer.rows as unknown as Value[][],
    total: int(answer.totalRows),
    cut: cutColumns(answer.cut),
  };
}

function cutColumns(cells: Schema<"CutCell">[]): Map<number, string> {
  const out = new Map<number, string>();
  for (const { row, column } of cells) out.set(row, `${out.get(row) ?? ","}${column},`);
  return out;
}

function windowQuery(queryId: string, at: number) {
  return {
    queryKey: ["rows", queryId, at],
    queryFn: ({ signal }: { signal: AbortSignal }) => fetchRows(queryId, at * windowRows, windowRows, cellCharacters, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  };
}

/** The columns of a result and how many rows it has by now. */
export function useResultHead(queryId: string | null, total: number) {
  return useQuery({
    ...windowQuery(queryId ?? "", 0),
    enabled: queryId !== null,
    // The first rows of a running query: asked for again until the window is full.
    queryKey: ["rows", queryId, 0, Math.min(total, windowRows)],
    placeholderData: keepPreviousData,
  });
}

/** Gives rows from the windows that lie around what is seen; undefined while one is on its way. */
export function useRows(queryId: string, first: number, last: number, total: number) {
  const [range, setRange] = useState({ first, last });
  // While the bar is dragged, windows fly by that nobody reads.
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setRange({ first, last });
    }, 40);
    return () => {
      window.clearTimeout(timer);
    };
  }, [first, last]);

  const windows = useMemo(() => {
    const all = [];
    for (let at = Math.floor(range.first / windowRows); at * windowRows <= range.last && at * windowRows < total; at++) all.push(at);
    return all;
  }, [range, total]);

  const results = useQueries({
    queries: windows.map((at) => ({
      ...windowQuery(queryId, at),
      // A window that was not full is another one once there are more rows.
      queryKey: ["rows", queryId, at, Math.min(total - at * windowRows, windowRows)],
    })),
  });
  const failed = results.find((r) => r.isError)?.error;
  const byWindow = new Map(windows.map((at, i) => [at, results[i]!.data]));
  return {
    failed,
    row: (index: number) => byWindow.get(Math.floor(index / windowRows))?.rows[index % windowRows],
    cut: (index: number) => byWindow.get(Math.floor(index / windowRows))?.cut.get(index % windowRows) ?? "",
  };
}

/** The whole of one row. */
export async function fetchRow(cache: QueryClient, queryId: string, index: number): Promise<Value[] | undefined> {
  const window = await cache.fetchQuery({
    queryKey: ["row", queryId, index],
    queryFn: ({ signal }) => fetchRows(queryId, index, 1, 0, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  return window.rows[0];
}

