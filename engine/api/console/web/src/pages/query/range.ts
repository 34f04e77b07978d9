import { editQuery } from "../../api/editQuery";
import type { Schema } from "../../api/client";

/** The time a statement is run for, as saved queries have it: the last so long, or bounds. */
export type TimeRange = Schema<"SavedQueryTimeRange">;

/** Lengths that can be picked, in seconds. */
export const lengths = { hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, quarter: 90 * 86_400 } as const;

/** The bounds that a range means at a moment. */
export function boundsOf(range: TimeRange, now: Date): Schema<"TimeRangeEdit"> {
  if (range.last) return { from: new Date(now.getTime() - parseFloat(range.last) * 1000).toISOString(), to: now.toISOString() };
  return { ...(range.startTime && { from: range.startTime }), ...(range.endTime && { to: range.endTime }) };
}

/** The statement for the range: as it is without one. */
export async function inRange(statement: string, range: TimeRange | null, signal?: AbortSignal): Promise<string> {
  if (!range || !(range.last ?? range.startTime ?? range.endTime)) return statement;
  return editQuery(statement, [{ timeRange: boundsOf(range, new Date()) }], signal);
}
