import "dayjs/locale/ja"; // names of months and days; English is built in
import type { Language } from "./index";

/** What a calendar of a language begins a week with (0 is Sunday), and how dayjs writes a month and a year above it. */
export const calendars: Record<Language, { firstDay: 0 | 1; month: string; year: string }> = {
  en: { firstDay: 1, month: "MMMM YYYY", year: "YYYY" },
  ja: { firstDay: 0, month: "YYYY年M月", year: "YYYY年" },
};
