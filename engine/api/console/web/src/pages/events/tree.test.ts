import { expect, test } from "vitest";
import { foldsOf, idOf, linesOf, pathText } from "./tree";

const record = { a: 1, b: { c: [{ d: null }, "x"], "e f": {} }, g: [] };

test("lines of a tree", () => {
  const lines = linesOf(record, new Set()).map((l) => `${l.level} ${pathText(l.path)} ${l.size ?? "leaf"} ${l.place}/${l.siblings}`);
  expect(lines).toEqual(["1 a leaf 1/3", "1 b 2 2/3", "2 b.c 2 1/2", "3 b.c[0] 1 1/2", "4 b.c[0].d leaf 1/1", "3 b.c[1] leaf 2/2", '2 b."e f" leaf 2/2', "1 g leaf 3/3"]);
});

test("what is folded hides what is in it, not what is beside it", () => {
  const lines = linesOf(record, new Set([idOf(["b", "c"])])).map((l) => pathText(l.path));
  expect(lines).toEqual(["a", "b", "b.c", 'b."e f"', "g"]);
  expect(foldsOf(record)).toEqual([["b"], ["b", "c"], ["b", "c", 0]].map(idOf));
});
