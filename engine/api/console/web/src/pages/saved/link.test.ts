import { expect, test } from "vitest";
import { openSavedSearch, rangeOf } from "./link";

test("a link's parameters and range", () => {
  expect(openSavedSearch({ p: ["a", 7], last: "86400s", other: 1 })).toEqual({ p: ["a", "7"], last: "86400s" });
  expect(openSavedSearch({ from: "2026-11-01T00:00:00Z", to: "2026-11-02T12:00:00+09:00" })).toEqual({ from: "2026-11-01T00:00:00Z", to: "2026-11-02T03:00:00Z" });
  expect(openSavedSearch({ p: "a", last: 5, from: "yesterday", to: null })).toEqual({});
  expect(openSavedSearch({ last: "1 day" })).toEqual({});
});

test("the range is the length, else the bounds, else none", () => {
  expect(rangeOf({ last: "60s", from: "2026-11-01T00:00:00Z" })).toEqual({ last: "60s" });
  expect(rangeOf({ to: "2026-11-01T00:00:00Z" })).toEqual({ endTime: "2026-11-01T00:00:00Z" });
  expect(rangeOf({ p: ["a"] })).toBeNull();
});
