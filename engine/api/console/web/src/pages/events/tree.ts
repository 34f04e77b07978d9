import { isObject, type Json } from "./tell/record";

export type Path = (string | number)[];

/** A line of a tree that is seen. */
export type Line = {
  id: string;
  path: Path;
  /** Key or index; of the record itself empty. */
  label: string;
  value: Json;
  level: number;
  /** How many things are in it; null of a leaf. */
  size: number | null;
  open: boolean;
  place: number;
  siblings: number;
};

export function idOf(path: Path): string {
  return JSON.stringify(path);
}

function entries(value: Json): [string | number, Json][] | null {
  if (Array.isArray(value)) return value.map((v, i) => [i, v]);
  return isObject(value) ? Object.entries(value) : null;
}

/** The lines of what is open, from the top. closed has the ids of what is folded. */
export function linesOf(record: Json, closed: ReadonlySet<string>): Line[] {
  const lines: Line[] = [];
  const walk = (value: Json, path: Path, level: number) => {
    const inside = entries(value) ?? [];
    inside.forEach(([key, inner], i) => {
      const its = [...path, key];
      const id = idOf(its);
      const size = entries(inner)?.length ?? null;
      const open = size !== null && size > 0 && !closed.has(id);
      lines.push({ id, path: its, label: String(key), value: inner, level, size: size === 0 ? null : size, open, place: i + 1, siblings: inside.length });
      if (open) walk(inner, its, level + 1);
    });
  };
  walk(record, [], 1);
  return lines;
}

/** The ids of everything that folds. */
export function foldsOf(record: Json): string[] {
  return linesOf(record, new Set())
    .filter((l) => l.size !== null)
    .map((l) => l.id);
}

/** A path as jq and JSONPath write it: requestParameters.items[0]."a b". */
export function pathText(path: Path): string {
  return path.map((k, i) => (typeof k === "number" ? `[${k}]` : `${i ? "." : ""}${/^[\w$-]+$/.test(k) ? k : JSON.stringify(k)}`)).join("");
}

/** A leaf's value as it is copied. */
export function valueText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
