import { identifier, literal, timestamp } from "../../api/quote";
import type { Period } from "./search";

/** What the overview counts by, as SQL. */
export const dimensions = {
  services: "eventsource",
  names: "eventname",
  principals: "coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid)",
  addresses: "sourceipaddress",
  errors: "errorcode",
  regions: "awsregion",
} as const;
export type Dimension = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as Dimension[];

/** How many of the most frequent values are shown. */
export const topValues = 8;

const isDenied = `regexp_like(errorcode, '(?i)AccessDenied|Unauthorized|Forbidden')`;

/** Kinds of events that matter for security, as conditions. */
export const kinds = {
  signIns: `eventname = 'ConsoleLogin'`,
  access: `(eventsource IN ('iam.amazonaws.com', 'organizations.amazonaws.com', 'sso.amazonaws.com', 'identitystore.amazonaws.com')
      AND readonly = false AND eventname NOT IN ('Authenticate', 'Federate', 'Logout')
    OR eventsource = 'sts.amazonaws.com' AND eventname IN ('AssumeRoot', 'GetFederationToken')
    OR eventname IN ('PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutBucketPublicAccessBlock', 'DeleteBucketPublicAccessBlock', 'PutKeyPolicy'))`,
  trails: `(eventsource = 'cloudtrail.amazonaws.com' AND readonly = false AND eventname NOT IN ('StartQuery', 'CancelQuery', 'GenerateQuery'))`,
} as const;
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];

const isFailed = `(errorcode IS NOT NULL OR coalesce(element_at(responseelements, 'ConsoleLogin') = 'Failure', false))`;
const isWithoutMfa = `(element_at(additionaleventdata, 'MFAUsed') = 'No' AND element_at(responseelements, 'ConsoleLogin') = 'Success')`;

/** Conditions that figures stand for. */
export const conditions = {
  errors: "errorcode IS NOT NULL",
  denied: isDenied,
  changes: "readonly = false",
  failedSignIns: `${kinds.signIns} AND ${isFailed}`,
  signInsWithoutMfa: `${kinds.signIns} AND ${isWithoutMfa}`,
  ...kinds,
} as const;

/** Units of time that the events are counted by. */
export type Unit = "minute" | "hour" | "day" | "week" | "month";

const hour = 3_600_000;

/** A unit that makes some dozens of bars of a span in milliseconds. */
export function unitOf(span: number): Unit {
  if (span <= 3 * hour) return "minute";
  if (span <= 8 * 24 * hour) return "hour";
  if (span <= 150 * 24 * hour) return "day";
  if (span <= 1000 * 24 * hour) return "week";
  return "month";
}

/** Statements over a store and a period. */
export function statements(store: string, period: Period) {
  const table = identifier(store);
  const times = [period.from && `eventtime >= ${timestamp(period.from)}`, period.to && `eventtime < ${timestamp(period.to)}`].filter(Boolean).join(" AND ");
  const where = (condition = "") => {
    const all = [times, condition].filter(Boolean).join("\n  AND ");
    return all && `\nWHERE ${all}`;
  };
  const principal = dimensions.principals;
  return {
    /** How many events the store has, and from when to when; not of the period. */
    span: `SELECT count(*) AS events, min(eventtime) AS first, max(eventtime) AS last\nFROM ${table}`,

    totals: `SELECT count(*) AS events, count(errorcode) AS errors,
  count_if(${isDenied}) AS denied, count_if(readonly = false) AS changes
FROM ${table}${where()}`,

    timeline: (unit: Unit) => `SELECT date_trunc('${unit}', eventtime) AS time, count(*) AS events, count(errorcode) AS errors
FROM ${table}${where()}
GROUP BY 1
ORDER BY 1`,

    /** All the tops: dimension, value, events, place, values. Each part reads one column only, which takes less than GROUPING SETS. */
    tops: dimensionNames
      .map(
        (d) => `SELECT '${d}' AS dimension, value, events, place, "values" FROM (
  SELECT value, events, row_number() OVER (ORDER BY events DESC, value) AS place, count(*) OVER () AS "values"
  FROM (SELECT ${dimensions[d]} AS value, count(*) AS events FROM ${table}${where(`${dimensions[d]} IS NOT NULL`)} GROUP BY 1) counted
) ranked WHERE place <= ${topValues}`,
      )
      .join("\nUNION ALL\n")
      .concat("\nORDER BY dimension, place"),

    /** The newest events of each kind, and their counts, in one reading. */
    security: `SELECT * FROM (
  SELECT kind, eventid, eventtime, eventname, principal, sourceipaddress, errorcode, failed,
    row_number() OVER (PARTITION BY kind ORDER BY eventtime DESC, eventid) AS place,
    count(*) OVER (PARTITION BY kind) AS events,
    count_if(failed) OVER (PARTITION BY kind) AS failures,
    count_if(withoutmfa) OVER (PARTITION BY kind) AS withoutmfa
  FROM (
    SELECT CASE ${kindNames.map((k) => `WHEN ${kinds[k]} THEN '${k}'`).join("\n      ")} END AS kind,
      eventid, eventtime, eventname, coalesce(useridentity.arn, useridentity.username, useridentity.invokedby, useridentity.principalid) AS principal,
      sourceipaddress, errorcode, ${isFailed} AS failed, coalesce(${isWithoutMfa}, false) AS withoutmfa
    FROM ${table}${where(`(${kindNames.map((k) => kinds[k]).join("\n    OR ")})`)}
  ) marked
) ranked
WHERE place <= ${topValues}
ORDER BY kind, place`,

    /** The values of a dimension, the most frequent first. */
    values: (d: Dimension) => `SELECT ${dimensions[d]} AS ${{ services: "service", names: "event", principals: "principal", addresses: "address", errors: "error", regions: "region" }[d]}, count(*) AS events
FROM ${table}${where(`${dimensions[d]} IS NOT NULL`)}
GROUP BY 1
ORDER BY 2 DESC, 1`,

    /** Events under a condition, the newest first. */
    events: (condition: string) => `SELECT eventtime, eventsource, eventname, ${principal} AS principal, sourceipaddress, errorcode, eventid
FROM ${table}${where(condition)}
ORDER BY eventtime DESC
LIMIT 10000`,

    /** The condition that a dimension has a value. */
    is: (d: Dimension, value: string) => `${dimensions[d]} = ${literal(value)}`,
  };
}
