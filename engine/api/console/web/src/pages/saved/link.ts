import { time } from "../overview/search";
import { bounded, type TimeRange } from "../query/range";

/**
 * What a link to a saved query may carry beside its id: values for its parameters, in
 * order, and a time range, which is the last so long ("3600s") or from and to.
 */
export type OpenSavedSearch = { p?: string[]; last?: string; from?: string; to?: string };

/** Reads the search parameters; what is not understood is left out. */
export function openSavedSearch(search: Record<string, unknown>): OpenSavedSearch {
  const { p, last } = search;
  const from = time(search["from"]);
  const to = time(search["to"]);
  return {
    ...(Array.isArray(p) && { p: p.map(String) }),
    ...(typeof last === "string" && /^\d+(\.\d+)?s$/.test(last) && { last }),
    ...(from && { from }),
    ...(to && { to }),
  };
}

/** The time range of a link; null when it has none. */
export function rangeOf({ last, from, to }: OpenSavedSearch): TimeRange | null {
  return bounded(last ? { last } : { ...(from && { startTime: from }), ...(to && { endTime: to }) });
}
