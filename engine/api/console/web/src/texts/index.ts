import i18next from "i18next";
import { useCallback } from "react";
import { initReactI18next, useTranslation } from "react-i18next";
import { en } from "./en";
import { ja } from "./ja";

/** The languages there are, under their own names. */
export const languages = { en: "English", ja: "日本語" } as const;
export type Language = keyof typeof languages;

type Leaves<T, Path extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${Path}${K extends `${infer Name}_${"one" | "other"}` ? Name : K}` : Leaves<T[K], `${Path}${K}.`>;
}[keyof T & string];

/** The name of a text: its way through texts/en, without a plural's ending. */
export type TextKey = Leaves<typeof en>;

/** Gives the text of a name in the user's language, {{values}} put in. */
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

const stored = "traillake.language";

function preferred(): Language {
  const wanted = [localStorage.getItem(stored) ?? "", ...navigator.languages].map((l) => l.slice(0, 2));
  return wanted.find((l): l is Language => l in languages) ?? "en";
}

function applied(language: string) {
  document.documentElement.lang = language;
}

/** Reads the texts in; resolved before the first rendering. */
export async function startTexts() {
  await i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: "en",
    resources: { en: { translation: en }, ja: { translation: ja } },
    interpolation: { escapeValue: false }, // React escapes
  });
  applied(i18next.language);
}

export function language(): Language {
  return i18next.language as Language;
}

export async function setLanguage(to: Language) {
  localStorage.setItem(stored, to);
  await i18next.changeLanguage(to);
  applied(to);
}

/** The text of a name now, for what is not rendered. */
export const say: Translate = (key, values) => (i18next.t as Translate)(key, values);

/** The user's language for a component, which is rendered anew when it changes. */
export function useLanguage(): Language {
  return useTranslation().i18n.language as Language;
}

/** The texts for a component, which is rendered anew when the language changes. */
export function useT(): Translate {
  const { t } = useTranslation();
  return useCallback<Translate>((key, values) => (t as Translate)(key, values), [t]);
}
