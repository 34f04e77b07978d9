/** The periods that can be picked, and how long those that end now are, in hours. */
export const ranges = { day: 24, week: 7 * 24, month: 30 * 24, all: null, custom: null } as const;
export type Range = keyof typeof ranges;

/** What the overview's address keeps. Times are UTC, as 2026-11-28T18:00:00Z. */
export type OverviewSearch = { store?: string; range?: Range; from?: string; to?: string };

/** A time of an address in ISO 8601; undefined for what is none. */
export function time(value: unknown): string | undefined {
  const at = typeof value === "string" ? new Date(value) : null;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString().replace(".000Z", "Z") : undefined;
}

/** Reads the search parameters; what is not understood is left out. */
export function overviewSearch(search: Record<string, unknown>): OverviewSearch {
  const range = Object.keys(ranges).find((r): r is Range => r === search["range"]);
  const store = typeof search["store"] === "string" ? search["store"] : undefined;
  const from = time(search["from"]);
  const to = time(search["to"]);
  return {
    ...(store && { store }),
    ...(range && { range }),
    ...(range === "custom" && from && { from }),
    ...(range === "custom" && to && { to }),
  };
}

/** From (inclusive) to (exclusive); an end that is null is open. */
export type Period = { from: Date | null; to: Date | null };

/** The times that a range means now. */
export function periodOf(search: OverviewSearch, now: Date): Period {
  const hours = ranges[search.range ?? "week"];
  if (hours !== null) return { from: new Date(now.getTime() - hours * 3_600_000), to: now };
  if (search.range === "all") return { from: null, to: null };
  return { from: search.from ? new Date(search.from) : null, to: search.to ? new Date(search.to) : null };
}
