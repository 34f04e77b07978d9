import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { keywordCompletionSource } from "@codemirror/lang-sql";
import type { Schema } from "../../api/client";
import { formatCount } from "../../parts/format";
import type { Lake } from "./lake";
import { placeBehind, tablesOf } from "./place";
import { trino } from "./trino";

const keywords = keywordCompletionSource(trino, true);

/** Completes what the chosen stores and Trino have at the place of the cursor. */
export function completionOf(lake: Lake) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.sliceDoc(statementStart(context), context.pos);
    const place = placeBehind(text);
    if (!place) {
      if (!context.explicit) return null;
      return { from: context.pos, options: [...(await columnsOf(lake, context)), ...(await functions(lake))] };
    }
    const from = context.pos - (text.length - place.from);
    try {
      switch (place.kind) {
        case "store":
          return { from, options: await stores(lake), validFor: /^"?[\w$-]*$/ };
        case "field":
          return { from, options: await fields(lake, context, place.path), validFor: /^"?[\w$]*$/ };
        case "value":
          return { from, options: await values(lake, context, place.path, place.key, place.prefix), filter: false };
        case "name": {
          if (!context.explicit && place.prefix.length < 1) return null;
          const own = [...(await columnsOf(lake, context)), ...(await functions(lake))];
          const words = await keywords(context);
          return { from, options: [...own, ...(words?.options ?? [])], validFor: /^"?[\w$]*$/ };
        }
      }
    } catch {
      return null; // completion is a help; what fails is told where it is needed
    }
  };
}

// A document may hold several statements; a semicolon at a line's end parts them.
function statementStart(context: CompletionContext): number {
  const before = context.state.sliceDoc(0, context.pos);
  const at = before.search(/;\s*\n(?![\s\S]*;\s*\n)/);
  return at < 0 ? 0 : at + 1;
}

const quoted = (name: string) => (/^[a-z_][\w$]*$/i.test(name) ? name : `"${name}"`);

async function stores(lake: Lake): Promise<Completion[]> {
  const all = await lake.stores();
  return all.map((s) => ({ label: quoted(s.name), type: "class", detail: `${s.status?.toLowerCase().replaceAll("_", " ")} · ${s.eventDataStoreId}`, boost: 2 }));
}

// The columns of the stores that the statement names; before it names one, of all
// that there is when there is only one.
async function chosen(lake: Lake, context: CompletionContext): Promise<Map<string, string>> {
  const all = await lake.stores();
  const tables = tablesOf(context.state.doc.toString());
  const out = new Map<string, string>();
  for (const [alias, table] of tables) {
    const store = all.find((s) => [s.name, s.eventDataStoreId].some((n) => n?.toLowerCase() === table.toLowerCase()));
    if (store?.eventDataStoreId) out.set(alias, store.eventDataStoreId);
  }
  const first = all[0]?.eventDataStoreId;
  if (out.size === 0 && first) out.set("", first);
  return out;
}

function columnCompletion(c: Schema<"EventDataStoreColumn">, label: string): Completion {
  return { label, type: "property", detail: shortType(c.type) || c.synonym, boost: c.hidden || c.synonym ? -1 : 1, ...(c.type.length > 40 && { info: c.type }) };
}

function shortType(type: string): string {
  return type.length > 40 ? `${type.slice(0, type.indexOf("("))}(…)` : type;
}

async function columnsOf(lake: Lake, context: CompletionContext): Promise<Completion[]> {
  const tables = await chosen(lake, context);
  const out = new Map<string, Completion>();
  for (const id of new Set(tables.values())) {
    // Paths of rows too: "arn" finds useridentity.arn.
    for (const c of await lake.columns(id)) out.set(c.path, columnCompletion(c, c.path));
  }
  for (const alias of tables.keys()) if (alias) out.set(` ${alias}`, { label: quoted(alias), type: "class", boost: -2 });
  return [...out.values()];
}

async function fields(lake: Lake, context: CompletionContext, path: string): Promise<Completion[]> {
  const tables = await chosen(lake, context);
  const [head, ...rest] = path.split(".");
  const aliased = tables.get(head!);
  const ids = aliased ? [aliased] : [...new Set(tables.values())];
  const prefix = aliased ? rest.map((r) => `${r}.`).join("") : `${path}.`;
  const out: Completion[] = [];
  for (const id of ids) {
    for (const c of await lake.columns(id)) {
      const inside = c.path.toLowerCase().startsWith(prefix) ? c.path.slice(prefix.length) : "";
      if (inside && !inside.includes(".")) out.push(columnCompletion(c, inside));
    }
  }
  return out;
}

async function values(lake: Lake, context: CompletionContext, path: string, key: string, prefix: string): Promise<Completion[]> {
  const tables = await chosen(lake, context);
  const [head, ...rest] = path.split(".");
  const aliased = tables.get(head!);
  const id = aliased ?? [...tables.values()][0];
  if (!id) return [];
  const column = aliased ? rest.join(".") : path;
  const found = await lake.values(id, column, key, prefix.replace(/%.*$/, ""));
  const ends = context.state.sliceDoc(context.pos, context.pos + 1) === "'";
  return found.map((v, i) => ({
    label: v.value,
    apply: v.value.replaceAll("'", "''") + (ends ? "" : "'"),
    type: "constant",
    detail: formatCount(Number(v.count)),
    boost: 99 - i,
  }));
}

async function functions(lake: Lake): Promise<Completion[]> {
  const all = await lake.functions();
  return all.map((f) => {
    const first = f.signatures[0] ?? "";
    const empty = /^\w+\(\)/.test(first);
    return snippetCompletion(`${f.name}(${empty ? "" : "${}"})`, {
      label: f.name,
      type: "function",
      detail: f.kind === "scalar" ? argumentsOf(first) : f.kind,
      info: () => functionInfo(f),
      boost: -1,
    });
  });
}

function argumentsOf(signature: string): string {
  const text = signature.replace(/^\w+/, "");
  return text.length > 42 ? `${text.slice(0, 40)}…` : text;
}

function functionInfo(f: Schema<"Function">): Node {
  const box = document.createElement("div");
  for (const signature of f.signatures.slice(0, 8)) {
    const line = document.createElement("code");
    line.textContent = signature;
    line.style.display = "block";
    box.append(line);
  }
  const text = document.createElement("p");
  text.textContent = f.description;
  text.style.margin = "4px 0 0";
  box.append(text);
  return box;
}
