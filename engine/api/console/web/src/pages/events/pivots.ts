import { identifier, literal, timestamp } from "../../api/quote";
import type { TextKey } from "../../texts";
import { at, textAt, type Json } from "./tell/record";

/** A question that follows from an event, and its query. */
export type Pivot = { text: TextKey; sql: string };

const hour = 3_600_000;

/** Whether a record is a CloudTrail event's; the other families keep what they tell below other keys. */
export function isOfTrail(record: Json): boolean {
  return at(record, "eventData") === undefined && at(record, "insightType") === undefined;
}

/** What a list has of the record's like: of a CloudTrail event who did what from where; other families have other columns. */
export function columnsFor(record: Json): string {
  return isOfTrail(record) ? columns : "eventtime, eventid, eventjson";
}

const columns = `eventtime, eventsource, eventname, useridentity.arn AS principal, sourceipaddress, errorcode, eventid`;

/** What one asks next about an event: the same principal, key, address, request and call. */
export function pivotsOf(store: string, record: Json): Pivot[] {
  const time = new Date(textAt(record, "eventTime"));
  if (Number.isNaN(time.getTime()) || !isOfTrail(record)) return [];
  const near = `eventtime BETWEEN ${timestamp(new Date(time.getTime() - hour))} AND ${timestamp(new Date(time.getTime() + hour))}`;
  const pivots: Pivot[] = [];
  const add = (text: TextKey, condition: string, around: boolean) => {
    pivots.push({ text, sql: `SELECT ${columns}\nFROM ${identifier(store)}\nWHERE ${condition}${around ? `\n  AND ${near}` : ""}\nORDER BY eventtime\nLIMIT 10000` });
  };
  const equal = (text: TextKey, column: string, path: string, around: boolean) => {
    const value = textAt(record, path);
    if (value) add(text, `${column} = ${literal(value)}`, around);
  };
  const arn = textAt(record, "userIdentity.arn");
  equal("event.pivot.principal", "useridentity.arn", "userIdentity.arn", true);
  if (!arn) equal("event.pivot.principal", "useridentity.principalid", "userIdentity.principalId", true);
  equal("event.pivot.accessKey", "useridentity.accesskeyid", "userIdentity.accessKeyId", false);
  equal("event.pivot.address", "sourceipaddress", "sourceIPAddress", true);
  equal("event.pivot.request", "requestid", "requestID", false);
  equal("event.pivot.shared", "sharedeventid", "sharedEventID", false);
  const name = textAt(record, "eventName");
  const source = textAt(record, "eventSource");
  if (name && source) add("event.pivot.call", `eventsource = ${literal(source)}\n  AND eventname = ${literal(name)}`, false);
  return pivots;
}
