import { expect, test } from "vitest";
import { languages } from "./index";
import { phrases } from "./phrases";

const sources = import.meta.glob<string>("/node_modules/@codemirror/*/dist/index.js", { query: "?raw", import: "default", eager: true });

test("every language has all words of the editor", () => {
  const words = new Set(Object.values(sources).flatMap((source) => [...source.matchAll(/\bphrase\((?:view, )?"([^"]+)"/g)].map((m) => m[1]!)));
  expect(words).toContain("match case");
  for (const language of Object.keys(languages) as (keyof typeof languages)[]) {
    if (language !== "en") expect(Object.keys(phrases[language]).sort()).toEqual([...words].sort());
  }
});
