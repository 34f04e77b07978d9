// Where in a statement the cursor is, as far as completion needs to know. The
// statement is unfinished most of the time, so nothing is parsed: what stands
// before the cursor decides.

/** What may stand at a place of a statement. */
export type Place =
  /** In a string: values of a column, or keys of a map. */
  | { kind: "value"; path: string; key: string; from: number; prefix: string }
  /** Behind FROM or JOIN. */
  | { kind: "store"; from: number }
  /** Behind a dot. */
  | { kind: "field"; path: string; from: number }
  /** Anything else that has a name. */
  | { kind: "name"; from: number; prefix: string };

const path = String.raw`((?:"[^"]+"|[A-Za-z_$][\w$]*)(?:\.(?:"[^"]+"|[A-Za-z_$][\w$]*))*)`;
const inKey = new RegExp(String.raw`(?:element_at\s*\(\s*${path}\s*,|${path}\s*\[)\s*'([^']*)$`, "i");
const inValueOfKey = new RegExp(String.raw`(?:element_at\s*\(\s*${path}\s*,\s*'([^']*)'\s*\)|${path}\s*\[\s*'([^']*)'\s*\])\s*(?:=|<>|!=|(?:not\s+)?like|(?:not\s+)?in\s*\((?:\s*'[^']*'\s*,)*)\s*'([^']*)$`, "i");
const inValue = new RegExp(String.raw`${path}\s*(?:=|<>|!=|(?:not\s+)?like|(?:not\s+)?in\s*\((?:\s*'[^']*'\s*,)*)\s*'([^']*)$`, "i");
const behindFrom = /\b(?:from|join|describe|desc|table)\s+("?[\w$-]*)$/i;
const behindDot = new RegExp(String.raw`${path}\.("?[\w$]*)$`);
const name = /("?[A-Za-z_$][\w$]*)$/;

const bare = (p: string) => p.replaceAll('"', "").toLowerCase();

/** Tells the place behind a text; null where nothing is to be completed. */
export function placeBehind(text: string): Place | null {
  const at = text.length;
  if (/--[^\n]*$/.test(text)) return null;
  if (inString(text)) {
    const ofKey = inValueOfKey.exec(text);
    if (ofKey) return { kind: "value", path: bare(ofKey[1] ?? ofKey[3]!), key: ofKey[2] ?? ofKey[4]!, from: at - ofKey[5]!.length, prefix: ofKey[5]! };
    const key = inKey.exec(text);
    if (key) return { kind: "value", path: bare(key[1] ?? key[2]!), key: "", from: at - key[3]!.length, prefix: key[3]! };
    const value = inValue.exec(text);
    return value && { kind: "value", path: bare(value[1]!), key: "", from: at - value[2]!.length, prefix: value[2]! };
  }
  const store = behindFrom.exec(text);
  if (store) return { kind: "store", from: at - store[1]!.length };
  const dot = behindDot.exec(text);
  if (dot) return { kind: "field", path: bare(dot[1]!), from: at - dot[2]!.length };
  const word = name.exec(text);
  return word && { kind: "name", from: at - word[1]!.length, prefix: word[1]! };
}

// An odd number of quotes is an open string; a doubled quote counts two.
function inString(text: string): boolean {
  let open = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (open === "-") {
      if (c === "\n") open = "";
    } else if (open) {
      if (c === open) open = "";
    } else if (c === "'" || c === '"') open = c;
    else if (c === "-" && text[i + 1] === "-") open = "-";
  }
  return open === "'";
}

const notAlias = /^(where|join|inner|left|right|full|cross|natural|on|using|group|having|order|limit|offset|fetch|window|for|tablesample|union|intersect|except)$/i;

/** The tables a statement names, and what it calls them: alias (or last name) → table. */
export function tablesOf(statement: string): Map<string, string> {
  const tables = new Map<string, string>();
  const item = /((?:"[^"]+"|[\w$-]+)(?:\.(?:"[^"]+"|[\w$-]+))*)(?:\s+(?:as\s+)?([A-Za-z_]\w*))?(\s*,\s*)?/iy;
  for (const from of statement.matchAll(/\b(?:from|join)\s+/gi)) {
    // Behind FROM, commas part tables.
    item.lastIndex = from.index + from[0].length;
    for (let m = item.exec(statement); m; m = m[3] ? item.exec(statement) : null) {
      const last = m[1]!.split(".").at(-1)!.replaceAll('"', "");
      tables.set((m[2] && !notAlias.test(m[2]) ? m[2] : last).toLowerCase(), last);
    }
  }
  return tables;
}
