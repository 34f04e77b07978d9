import { expect, test } from "vitest";
import { overviewSearch, periodOf } from "./search";
import { statements, unitOf } from "./statements";
import { unitsOf } from "./units";

const day = 86_400_000;

test.each([
  ["an hour", day / 24, "minute"],
  ["a day", day, "hour"],
  ["a week", 7 * day, "hour"],
  ["a month", 30 * day, "day"],
  ["a year", 366 * day, "week"],
  ["ten years", 3660 * day, "month"],
])("%s is told by unit", (_, span, unit) => {
  expect(unitOf(span)).toBe(unit);
});

test.each([
  ["hours", "2026-11-28T22:30:00Z", "2026-11-29T01:00:00Z", "hour", ["2026-11-28T22:00", "2026-11-28T23:00", "2026-11-29T00:00"]],
  ["days", "2026-02-27T05:00:00Z", "2026-03-01T05:00:00Z", "day", ["2026-02-27T00:00", "2026-02-28T00:00", "2026-03-01T00:00"]],
  ["weeks, which begin on Monday", "2026-11-29T05:00:00Z", "2026-12-01T00:00:00Z", "week", ["2026-11-23T00:00", "2026-11-30T00:00"]],
  ["months of unlike length", "2026-01-31T05:00:00Z", "2026-03-01T00:00:01Z", "month", ["2026-01-01T00:00", "2026-02-01T00:00", "2026-03-01T00:00"]],
  ["nothing", "2026-01-31T05:00:00Z", "2026-01-31T00:00:00Z", "day", []],
] as const)("units: %s", (_, from, to, unit, want) => {
  expect(unitsOf(new Date(from), new Date(to), unit).map((d) => d.toISOString().slice(0, 16))).toEqual(want);
});

test.each([
  [{}, {}],
  [{ store: "audit", range: "day", from: "2026-01-01" }, { store: "audit", range: "day" }],
  [{ range: "century", store: 7 }, {}],
  [{ range: "custom", from: "2026-01-01", to: "no time" }, { range: "custom", from: "2026-01-01T00:00:00Z" }],
])("search %j", (search, want) => {
  expect(overviewSearch(search)).toEqual(want);
});

test("a period is half open, and an end that is missing is open", () => {
  const now = new Date("2026-11-28T12:00:00Z");
  const sql = (search: object) => statements(`a"b`, periodOf(overviewSearch(search as Record<string, unknown>), now)).totals.split("\n").slice(2).join("\n");
  expect(sql({ range: "day" })).toBe(`FROM "a""b"\nWHERE eventtime >= timestamp '2026-11-27 12:00:00' AND eventtime < timestamp '2026-11-28 12:00:00'`);
  expect(sql({ range: "custom", to: "2026-11-28T12:00:00.5Z" })).toBe(`FROM "a""b"\nWHERE eventtime < timestamp '2026-11-28 12:00:00.500'`);
  expect(sql({ range: "all" })).toBe(`FROM "a""b"`);
});

test("a value with a quote is one literal", () => {
  const s = statements("audit", { from: null, to: null });
  expect(s.is("names", "It's")).toBe("eventname = 'It''s'");
});
