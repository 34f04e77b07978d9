import { editQuery } from "../../api/editQuery";
import { bounded, boundsOf, type TimeRange } from "./range";

/** The statement for the range: as it is without one. */
export async function inRange(statement: string, range: TimeRange | null, signal?: AbortSignal): Promise<string> {
  const bounds = bounded(range);
  return bounds ? editQuery(statement, [{ timeRange: boundsOf(bounds, new Date()) }], signal) : statement;
}
