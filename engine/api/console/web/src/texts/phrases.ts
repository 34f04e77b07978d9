import { editor as ja } from "./ja/editor";
import type { Language } from "./index";

/** The words of the SQL editor that are not English. */
export const phrases: Record<Language, Record<string, string>> = { en: {}, ja };
