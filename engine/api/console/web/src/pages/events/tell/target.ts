import { isObject, shortName, textAt, type Json, type JsonObject } from "./record";

type Candidate = { key: string; values: string[] };

// Keys that name a thing, not how it is to be treated.
const naming = /(name|names|id|ids|identifier|arn|arns|url|key|prefix|alias|resource|target)$/i;
const never = /(session|client|request|account|catalog|registry)(name|id)$|token|^host$|kmskey|bucketowner|filter|lookupattributes/i;

function collect(value: Json | undefined, into: Candidate[], depth = 0) {
  if (!isObject(value) || depth > 4) return;
  for (const [key, inner] of Object.entries(value)) {
    if (never.test(key)) continue;
    if (naming.test(key)) {
      const values = (Array.isArray(inner) ? inner : [inner]).filter((x): x is string => typeof x === "string" && x !== "");
      if (values.length > 0) into.push({ key, values });
    }
    if (Array.isArray(inner)) collectList(inner, into, depth);
    else collect(inner, into, depth + 1);
  }
}

// {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]} names two instances.
function collectList(list: Json[], into: Candidate[], depth: number) {
  const merged = new Map<string, string[]>();
  for (const item of list.slice(0, 50)) {
    const found: Candidate[] = [];
    collect(item, found, depth + 1);
    for (const c of found) merged.set(c.key, [...(merged.get(c.key) ?? []), ...c.values]);
  }
  for (const [key, values] of merged) into.push({ key, values });
}

function likeness(key: string, words: string[]): number {
  const k = key.toLowerCase();
  return words.filter((w) => w.length > 1 && k.includes(w.toLowerCase().replace(/s$/, ""))).length;
}

/** Names of things, short; related ones are not what the call's noun means ("tags" of an instance). */
export type Targets = { names: string[]; related: boolean };

/** The things a call was about; words are the nouns of its name. */
export function targetsOf(event: JsonObject, words: string[]): Targets {
  const request: Candidate[] = [];
  collect(event["requestParameters"], request);
  const response: Candidate[] = [];
  collect(event["responseElements"], response);
  const resources: Candidate[] = [];
  for (const r of Array.isArray(event["resources"]) ? event["resources"] : []) {
    const arn = textAt(r, "ARN", "arn");
    if (arn) resources.push({ key: textAt(r, "type"), values: [arn] });
  }
  const best = (all: Candidate[], least: number) =>
    all
      .map((c) => ({ ...c, score: likeness(c.key, words) }))
      .filter((c) => c.score >= least)
      .sort((a, b) => b.score - a.score)[0];
  const chosen = best(request, 1) ?? best(response, 1) ?? best(request, 0) ?? best(resources, 0);
  return { names: [...new Set((chosen?.values ?? []).map(shortName))], related: chosen?.score === 0 };
}
