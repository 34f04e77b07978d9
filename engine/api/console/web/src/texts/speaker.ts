import type { Told } from "../pages/events/tell/tell";

/** Puts what a record tells into one sentence of a language. */
export type Speaker = (told: Told) => string;

/** A text with its {{values}} put in. */
export function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
}
