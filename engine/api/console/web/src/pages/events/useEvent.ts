import { useQuery } from "@tanstack/react-query";
import { identifier, literal } from "../../api/quote";
import { sources } from "../../api/source";
import { runSql, type SqlValue } from "../../api/sql";
import type { Json } from "./tell/record";

/** One of the contents that a store has under an event's id, and where it is from. */
export type StoredEvent = {
  /** The record as it was delivered. */
  text: string;
  record: Json;
  /** SHA-256 of the text. */
  checksum: SqlValue;
  object: SqlValue;
  recordNumber: SqlValue;
  segment: SqlValue;
  commit: SqlValue;
  ingestTime: SqlValue;
  /** What the decoder found wrong, one a line. */
  issues: SqlValue;
  importId: SqlValue;
  location: SqlValue;
  committedAt: SqlValue;
  reason: SqlValue;
};

function statement(store: string, eventId: string): string {
  const table = (suffix: string) => identifier(store + suffix);
  return `SELECT e.eventjson, e.eventjsonchecksum, e."$source".object, e."$source".record, e."$segment", e."$commit", e."$ingest_time",
  array_join(e."$issues", chr(10)), v.import, i.location, v.committed_at, v.reason
FROM ${table("")} e
LEFT JOIN ${table("$versions")} v ON v.version = e."$commit"
LEFT JOIN ${table("$imports")} i ON i.import = v.import
WHERE e.eventid = ${literal(eventId)}
ORDER BY e."$commit", e."$source".object, e."$source".record
LIMIT 100`;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // told as it is
  }
}

/** The contents under an event's id; none when the store does not have it. */
export function useEvent(store: string, eventId: string | null) {
  return useQuery({
    queryKey: ["event", store, eventId],
    enabled: eventId !== null,
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }) => {
      const { rows } = await runSql(statement(store, eventId!), sources.event, signal);
      return rows.map(([text, checksum, object, recordNumber, segment, commit, ingestTime, issues, importId, location, committedAt, reason]) => {
        const v = (x: SqlValue | undefined) => x ?? null;
        return {
          text: text ?? "", record: parsed(text ?? ""), checksum: v(checksum), object: v(object), recordNumber: v(recordNumber), segment: v(segment), commit: v(commit),
          ingestTime: v(ingestTime), issues: v(issues), importId: v(importId), location: v(location), committedAt: v(committedAt), reason: v(reason),
        } satisfies StoredEvent;
      });
    },
  });
}
