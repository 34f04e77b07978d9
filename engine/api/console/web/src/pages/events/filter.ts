import { api, data, type Schema } from "../../api/client";
import { identifier } from "../../api/quote";
import { isOfTrail } from "./pivots";
import type { Json } from "./tell/record";
import type { Path } from "./tree";

/** A condition on an event: what is at the path equals the value, or (out) does not. */
export type EventFilter = { path: Path; value: string | number | boolean | null; out: boolean };

/** A filter as the server edits it into a statement. */
export function filterEdit({ path, value, out }: EventFilter): Schema<"FilterEdit"> {
  return {
    path: path.map((step) => (typeof step === "number" ? { index: step } : { key: step })),
    exclude: out,
    ...(value !== null && { value: String(value) }),
  };
}

/** The newest events of a store, as a statement to filter; record is one of them. */
export function newestEvents(store: string, record: Json): string {
  return !isOfTrail(record) ? `SELECT *\nFROM ${identifier(store)}\nORDER BY eventtime DESC\nLIMIT 10000` : `SELECT eventtime, eventsource, eventname, coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid) AS principal,
  sourceipaddress, errorcode, eventid
FROM ${identifier(store)}
ORDER BY eventtime DESC
LIMIT 10000`;
}

/** A statement with a filter put in, by the server, on what it has parsed. */
export async function filtered(queryStatement: string, filter: EventFilter): Promise<string> {
  const answer = await api.POST("/api/v1/queries:edit", { body: { queryStatement, edits: [{ filter: filterEdit(filter) }] } }).then(data);
  return answer.queryStatement;
}
