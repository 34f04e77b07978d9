import type { Schema } from "../../api/client";
import { isNumeric, isTemporal } from "./columnTypes";
import type { Value } from "./rows";

type Columns = Schema<"ResultColumn">[];

/** So many rows are drawn at most. */
export const chartRows = 2000;

export type ChartChoice = { kind: "bar" | "line"; x: number; y: number[]; split: number | null };

/** What a result is best drawn as; null when it has no number. */
export function choose(columns: Columns): ChartChoice | null {
  const numbers = columns.flatMap((c, i) => (isNumeric(c.type) ? [i] : []));
  if (numbers.length === 0) return null;
  const others = columns.flatMap((c, i) => (isNumeric(c.type) ? [] : [i]));
  const time = others.find((i) => isTemporal(columns[i]!.type));
  const x = time ?? others[0] ?? numbers[0]!;
  const y = numbers.filter((i) => i !== x).slice(0, 4);
  const split = y.length === 1 ? (others.find((i) => i !== x) ?? null) : null;
  return { kind: time === undefined ? "bar" : "line", x, y: y.length > 0 ? y : [numbers[0]!], split };
}

export type Series = { name: string; values: (number | null)[] };

/** The categories and series of a chart. Values of one category and series are added up. */
export function seriesOf(columns: Columns, rows: Value[][], choice: ChartChoice): { categories: string[]; series: Series[] } {
  const categories = [...new Set(rows.map((row) => row[choice.x] ?? "NULL"))];
  if (isTemporal(columns[choice.x]?.type ?? "")) categories.sort();
  const at = new Map(categories.map((c, i) => [c, i]));
  const series = new Map<string, (number | null)[]>();
  for (const row of rows) {
    for (const y of choice.y) {
      const name = choice.split === null ? columns[y]!.name : (row[choice.split] ?? "NULL");
      let values = series.get(name);
      if (!values) series.set(name, (values = categories.map(() => null)));
      const i = at.get(row[choice.x] ?? "NULL")!;
      const value = row[y];
      if (value != null) values[i] = (values[i] ?? 0) + Number(value);
    }
  }
  return { categories, series: [...series].map(([name, values]) => ({ name, values })) };
}
