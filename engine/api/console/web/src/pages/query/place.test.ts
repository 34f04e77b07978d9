import { describe, expect, test } from "vitest";
import { tablesOf } from "./place";

describe("tablesOf", () => {
  const cases: [statement: string, tables: Record<string, string>][] = [
    ["SELECT eventname FROM audit", { audit: "audit" }],
    ["SELECT a, b FROM audit WHERE x", { audit: "audit" }],
    ["SELECT x.a, x.b FROM audit x", { x: "audit" }],
    ['SELECT a, b FROM "my-store" AS s, other o WHERE c IN (1, 2)', { s: "my-store", o: "other" }],
    ["SELECT a, b FROM one JOIN two t ON one.a = t.a LEFT JOIN three USING (a)", { one: "one", t: "two", three: "three" }],
    ['SELECT a FROM lake.default."A-1" GROUP BY a, b', { "a-1": "A-1" }],
    ["SELECT a, (SELECT max(b) FROM inner_one) FROM outer_one", { inner_one: "inner_one", outer_one: "outer_one" }],
    ["SELECT 1, 2", {}],
  ];
  test.each(cases)("%s", (statement, tables) => {
    expect(Object.fromEntries(tablesOf(statement))).toEqual(tables);
  });
});
