import type { Schema } from "../../api/client";
import { copyText } from "../../parts/copyText";
import { fetchRows, type Value } from "./rows";

/** So many rows are copied at most; whole results are exported. */
export const copiedRows = 10_000;

export type CopyFormat = "text" | "json" | "markdown";

type Columns = Schema<"ResultColumn">[];

const escapeMarkdown = (text: string) => text.replace(/[\\|]/g, "\\$&").replace(/\r?\n/g, "<br>");
const oneLine = (text: string) => text.replace(/[\t\r\n]+/g, " ");

const writers: Record<CopyFormat, (columns: Columns, rows: Value[][]) => string> = {
  text: (columns, rows) => [columns.map((c) => c.name), ...rows].map((row) => row.map((v) => oneLine(v ?? "")).join("\t")).join("\n"),
  json: (columns, rows) => JSON.stringify(rows.map((row) => objectOf(columns, row)), null, 2),
  markdown: (columns, rows) =>
    [columns.map((c) => escapeMarkdown(c.name)), columns.map(() => "---"), ...rows.map((row) => row.map((v) => escapeMarkdown(v ?? "NULL")))]
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join("\n"),
};

// Names may occur more than once; the later ones get a number then.
function objectOf(columns: Columns, row: Value[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  columns.forEach((c, i) => {
    let name = c.name;
    for (let n = 2; name in out; n++) name = `${c.name}_${n}`;
    out[name] = jsonOf(c.type, row[i] ?? null);
  });
  return out;
}

function jsonOf(type: string, value: Value): unknown {
  if (value === null) return null;
  if (type === "boolean") return value === "true";
  // Numbers that JavaScript would round stay text.
  if (/^(tinyint|smallint|integer|bigint|real|double)$/.test(type) && String(Number(value)) === value) return Number(value);
  return value;
}

/** Puts the shown columns of a result's first rows on the clipboard; says how many. */
export async function copyRows(queryId: string, hidden: ReadonlySet<number>, format: CopyFormat): Promise<number> {
  const window = await fetchRows(queryId, 0, copiedRows, 0);
  const keep = <T>(row: T[]) => row.filter((_, i) => !hidden.has(i));
  await copyText(writers[format](keep(window.columns), window.rows.map(keep)));
  return window.rows.length;
}
