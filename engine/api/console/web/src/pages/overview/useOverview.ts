import { useQuery } from "@tanstack/react-query";
import { sources } from "../../api/source";
import { runSql, type SqlValue } from "../../api/sql";
import { dimensionNames, kindNames, statements, type Dimension, type Kind, type Unit } from "./statements";
import type { Period } from "./search";

/** How much a store has, and from when to when. */
export type Span = { events: number; first: Date; last: Date };
export type Top = { value: string; events: number };
export type KindOfEvent = { events: number; failures: number; withoutMfa: number; newest: Notable[] };
export type Notable = { eventId: string; time: string; name: string; principal: string; address: string; failed: boolean };

/** A time as a result has it (UTC without saying so). */
export function utc(text: SqlValue | undefined): Date {
  return new Date(`${(text ?? "").replace(" ", "T")}Z`);
}

const count = (value: SqlValue | undefined) => Number(value ?? 0);

/** What stays while the page is open is not asked for again. */
function useStatement<T>(sql: string, enabled: boolean, read: (rows: SqlValue[][]) => T) {
  return useQuery({
    queryKey: ["overview", sql],
    enabled,
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }) => (await runSql(sql, sources.overview, signal)).rows,
    select: read,
  });
}

function readSpan([row]: SqlValue[][]): Span | null {
  return row && count(row[0]) > 0 ? { events: count(row[0]), first: utc(row[1]), last: utc(row[2]) } : null;
}

export function useSpan(store: string) {
  return useStatement(statements(store, { from: null, to: null }).span, store !== "", readSpan);
}

function readTotals([row]: SqlValue[][]) {
  return { events: count(row?.[0]), errors: count(row?.[1]), denied: count(row?.[2]), changes: count(row?.[3]) };
}

export function useTotals(store: string, period: Period) {
  return useStatement(statements(store, period).totals, true, readTotals);
}

function readTimeline(rows: SqlValue[][]) {
  return rows.map(([time, events, errors]) => ({ time: utc(time), events: count(events), errors: count(errors) }));
}

export function useTimeline(store: string, period: Period, unit: Unit) {
  return useStatement(statements(store, period).timeline(unit), true, readTimeline);
}

function readTops(rows: SqlValue[][]): Record<Dimension, { values: number; top: Top[] }> {
  const read = (d: Dimension) => {
    const its = rows.filter((r) => r[0] === d);
    return { values: count(its[0]?.[4]), top: its.map((r) => ({ value: r[1] ?? "", events: count(r[2]) })) };
  };
  return Object.fromEntries(dimensionNames.map((d) => [d, read(d)])) as Record<Dimension, { values: number; top: Top[] }>;
}

export function useTops(store: string, period: Period) {
  return useStatement(statements(store, period).tops, true, readTops);
}

function readSecurity(rows: SqlValue[][]): Record<Kind, KindOfEvent> {
  const read = (kind: Kind): KindOfEvent => {
    const its = rows.filter((r) => r[0] === kind);
    return {
      events: count(its[0]?.[9]),
      failures: count(its[0]?.[10]),
      withoutMfa: count(its[0]?.[11]),
      newest: its.map((r) => ({ eventId: r[1] ?? "", time: utc(r[2]).toISOString(), name: r[3] ?? "", principal: r[4] ?? "", address: r[5] ?? "", failed: r[7] === "true" })),
    };
  };
  return Object.fromEntries(kindNames.map((k) => [k, read(k)])) as Record<Kind, KindOfEvent>;
}

export function useSecurity(store: string, period: Period) {
  return useStatement(statements(store, period).security, true, readSecurity);
}
