import { DateTimePicker, type DateTimePickerProps } from "@mantine/dates";
import { useLanguage, useT } from "../texts";
import { calendars } from "../texts/calendars";

// The picker's text has no zone; here it is UTC.
const toPicker = (iso: string | undefined) => (iso ? iso.slice(0, 19).replace("T", " ") : null);
const fromPicker = (text: string | null) => (text ? `${text.slice(0, 19).replace(" ", "T")}Z` : undefined);

type Props = Pick<DateTimePickerProps, "label" | "aria-label" | "description" | "placeholder" | "w" | "withSeconds"> & {
  /** ISO 8601, as what onChange is told; undefined is no time. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  min?: string | undefined;
  max?: string | undefined;
};

/** A time in UTC, picked from a calendar in the user's language or left open. */
export function TimeField({ value, onChange, min, max, withSeconds = false, "aria-label": name, ...others }: Props) {
  const t = useT();
  const calendar = calendars[useLanguage()];
  const shown = toPicker(value)?.slice(0, withSeconds ? 19 : 16);
  return (
    <DateTimePicker
      {...others}
      // A name hides the text it stands for.
      {...(name && { "aria-label": shown ? `${name} ${shown}` : name })}
      value={toPicker(value)}
      onChange={(text) => { onChange(fromPicker(text)); }}
      {...(min && { minDate: toPicker(min)! })}
      {...(max && { maxDate: toPicker(max)! })}
      withSeconds={withSeconds}
      valueFormat={withSeconds ? "YYYY-MM-DD HH:mm:ss" : "YYYY-MM-DD HH:mm"}
      monthLabelFormat={calendar.month}
      yearLabelFormat={calendar.year}
      // Both would be too pale to be read.
      hideOutsideDates
      weekendDays={[]}
      clearable
      clearButtonProps={{ "aria-label": t("calendar.clear") }}
      submitButtonProps={{ "aria-label": t("calendar.done") }}
      timePickerProps={{ hoursInputLabel: t("calendar.hours"), minutesInputLabel: t("calendar.minutes"), secondsInputLabel: t("calendar.seconds") }}
      ariaLabels={{
        nextMonth: t("calendar.nextMonth"),
        previousMonth: t("calendar.previousMonth"),
        nextYear: t("calendar.nextYear"),
        previousYear: t("calendar.previousYear"),
        nextDecade: t("calendar.nextDecade"),
        previousDecade: t("calendar.previousDecade"),
      }}
    />
  );
}
