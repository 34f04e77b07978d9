import type { Json } from "../pages/events/tell/record";
import { tell } from "../pages/events/tell/tell";
import { sentence as en } from "./en/sentence";
import type { Language } from "./index";
import { sentence as ja } from "./ja/sentence";
import type { Speaker } from "./speaker";

const speakers: Record<Language, Speaker> = { en, ja };

/** One sentence about a record: who did what to what, from where, with which outcome. */
export function sentenceOf(record: Json, language: Language): string {
  return speakers[language](tell(record)).replace(/ {2,}/g, " ");
}
