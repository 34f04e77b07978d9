import type { Schema } from "../../api/client";

/** The time a statement is run for, as saved queries have it: the last so long, or bounds. */
export type TimeRange = Schema<"SavedQueryTimeRange">;

/** Lengths that can be picked, in seconds. */
export const lengths = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, quarter: 90 * 86_400 } as const;
export type Length = keyof typeof lengths;

/** The range, or null for one that bounds nothing. */
export function bounded(range: TimeRange | null | undefined): TimeRange | null {
  return range && (range.last ?? range.startTime ?? range.endTime) ? range : null;
}

/** The length of a range that ends when it is used, in seconds; null for another. */
export function lengthOf(range: TimeRange): number | null {
  return range.last ? parseFloat(range.last) : null;
}

/** What of the list to pick from a range is; a length that is not in it is "last". */
export function choiceOf(range: TimeRange | null): Length | "any" | "last" | "custom" {
  if (!range) return "any";
  const seconds = lengthOf(range);
  return (Object.keys(lengths) as Length[]).find((n) => lengths[n] === seconds) ?? (seconds === null ? "custom" : "last");
}

/** The bounds that a range means at a moment. */
export function boundsOf(range: TimeRange, now: Date): Schema<"TimeRangeEdit"> {
  const length = lengthOf(range);
  if (length !== null) return { from: new Date(now.getTime() - length * 1000).toISOString(), to: now.toISOString() };
  return { ...(range.startTime && { from: range.startTime }), ...(range.endTime && { to: range.endTime }) };
}
