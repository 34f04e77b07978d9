import { DatesProvider } from "@mantine/dates";
import type { ReactNode } from "react";
import { useLanguage } from "../texts";
import { calendars } from "../texts/calendars";

/** Gives calendars below it the user's language. */
export function Dates({ children }: { children: ReactNode }) {
  const language = useLanguage();
  return <DatesProvider settings={{ consistentWeeks: true, locale: language, firstDayOfWeek: calendars[language].firstDay }}>{children}</DatesProvider>;
}
