import { Stack, Text, useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import { int } from "../../api/client";
import { Chart, chartColors, type ChartOption } from "../../parts/Chart";
import { formatBytes, formatCount } from "../../parts/format";
import { language, useT } from "../../texts";
import { calendars } from "../../texts/calendars";
import type { StoreDay } from "./StoreContents";
import classes from "./stores.module.css";

type Props = { days: StoreDay[]; picked: string | null; onPick: (day: string) => void };

const cell = 15;

/** Days as the squares of a calendar, a year in each line, the newest first; a gap in a trail is seen at once. */
export function DayCalendar({ days, picked, onPick }: Props) {
  const t = useT();
  const dated = useMemo(() => days.filter((d) => d.day), [days]);
  const undated = days.find((d) => !d.day);
  const years = useMemo(() => [...Map.groupBy(dated, (d) => d.day.slice(0, 4))].sort(([a], [b]) => b.localeCompare(a)), [dated]);
  const most = Math.max(1, ...dated.map((d) => int(d.events)));
  return (
    <Stack gap="sm">
      {years.map(([year, of]) => (
        <YearCalendar key={year} year={year} days={of} most={most} picked={picked} onPick={onPick} />
      ))}
      {undated && <Text size="xs" c="dimmed">{t("stores.contents.undated", { count: int(undated.events) })}</Text>}
    </Stack>
  );
}

function YearCalendar({ year, days, most, picked, onPick }: Props & { year: string; most: number }) {
  const t = useT();
  const c = chartColors(useComputedColorScheme("light"));
  const option = useMemo<ChartOption>(() => {
    const byDay = new Map(days.map((d) => [d.day, d]));
    const names = (length: "short" | "narrow", count: number, at: (i: number) => Date, part: "month" | "weekday") =>
      Array.from({ length: count }, (_, i) => at(i).toLocaleDateString(language(), { [part]: length, timeZone: "UTC" }));
    return {
      calendar: {
        range: year,
        cellSize: ["auto", cell],
        top: 22,
        left: 34,
        right: 4,
        splitLine: { show: false },
        itemStyle: { color: "transparent", borderColor: c.line, borderWidth: 1 },
        yearLabel: { show: false },
        monthLabel: { color: c.soft, fontSize: 11, nameMap: names("short", 12, (i) => new Date(Date.UTC(2026, i, 1)), "month") },
        dayLabel: { color: c.soft, fontSize: 10, firstDay: calendars[language()].firstDay, nameMap: names("narrow", 7, (i) => new Date(Date.UTC(2026, 1, 1 + i)), "weekday") },
      },
      // By the root, so that a busy day does not make all others pale.
      visualMap: { show: false, min: 0, max: Math.sqrt(most), inRange: { color: [c.low, c.high] } },
      tooltip: {
        trigger: "item",
        formatter: (p) => {
          const day = ((p as unknown as { value: [string, number] }).value)[0];
          const d = byDay.get(day);
          return d ? t("stores.contents.hint", { day, events: formatCount(int(d.events)), bytes: formatBytes(int(d.bytes)), segments: formatCount(int(d.segments)) }) : day;
        },
      },
      series: [
        {
          type: "heatmap",
          coordinateSystem: "calendar",
          data: days.map((d) => ({ name: d.day, value: [d.day, Math.sqrt(int(d.events))] as [string, number], ...(d.day === picked && { itemStyle: { borderColor: c.text, borderWidth: 2 } }) })),
        },
      ],
    };
  }, [c, days, most, picked, t, year]);
  const events = days.reduce((sum, d) => sum + int(d.events), 0);
  return (
    <div>
      <h3 className={classes["year"]}>{year}</h3>
      <Chart option={option} label={t("stores.contents.calendarLabel", { year, days: formatCount(days.length), events: formatCount(events) })} height={7 * cell + 30} onPick={onPick} />
    </div>
  );
}
