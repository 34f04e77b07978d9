/** A CloudTrail record as JSON says it: any shape, for it may come from anywhere. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = Record<string, Json>;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What lies at a path of keys, and the first of a list on the way. */
export function at(value: Json | undefined, path: string): Json | undefined {
  for (const key of path.split(".")) {
    while (Array.isArray(value)) value = value[0];
    if (!isObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

/** The text at the first of the paths that has one; empty when none has. */
export function textAt(value: Json | undefined, ...paths: string[]): string {
  for (const path of paths) {
    let found = at(value, path);
    while (Array.isArray(found)) found = found[0];
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "number" || typeof found === "boolean") return String(found);
  }
  return "";
}

/** The last name in an ARN ("org-trail" of "arn:aws:cloudtrail:…:trail/org-trail"); other text as it is. */
export function shortName(text: string): string {
  if (!text.startsWith("arn:")) return text;
  const resource = text.split(":").slice(5).join(":");
  if (text.startsWith("arn:aws:s3:")) return resource;
  return /[^/:]+$/.exec(resource)?.[0] ?? text;
}

/** The account in an ARN; empty when it has none. */
export function accountOf(arn: string): string {
  const account = arn.startsWith("arn:") ? (arn.split(":")[4] ?? "") : "";
  return /^\d{12}$/.test(account) ? account : "";
}
