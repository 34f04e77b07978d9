// The server puts a parameter's text in for its "?" as it is: outside of quotes the
// text must be a literal. People give values, so what is no literal becomes one.

type Mark = { at: number; quoted: boolean };

/** The "?" of a statement that the server replaces: all but those in comments and quoted names. */
export function marksOf(sql: string): Mark[] {
  const marks: Mark[] = [];
  const tokens = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"?|'(?:[^']|'')*'?|\?/g;
  for (const { 0: token, index } of sql.matchAll(tokens)) {
    if (token === "?") marks.push({ at: index, quoted: false });
    else if (token.startsWith("'")) for (const m of token.matchAll(/\?/g)) marks.push({ at: index + m.index, quoted: true });
  }
  return marks;
}

const literal = /^(?:[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?|true|false|null|'(?:[^']|'')*'|(?:date|time|timestamp|interval|decimal|char|ipaddress|uuid)\s*'[^']*'.*)$/i;

/** A value as the text that stands for it. */
export function literalOf(value: string, quoted: boolean): string {
  if (quoted) return value.replaceAll("'", "''");
  return literal.test(value.trim()) ? value.trim() : `'${value.replaceAll("'", "''")}'`;
}
