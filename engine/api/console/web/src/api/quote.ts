/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A time as an SQL literal, to the millisecond. */
export function timestamp(at: Date): string {
  return `timestamp '${at.toISOString().slice(0, 23).replace("T", " ").replace(/\.000$/, "")}'`;
}
