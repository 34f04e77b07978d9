import type { Unit } from "./statements";

/** The beginning of the unit that a time is in. */
function floor(at: Date, unit: Unit): Date {
  const d = new Date(at);
  d.setUTCSeconds(0, 0);
  if (unit === "minute") return d;
  d.setUTCMinutes(0);
  if (unit === "hour") return d;
  d.setUTCHours(0);
  if (unit === "day") return d;
  if (unit === "week") d.setUTCDate(d.getUTCDate() - ((d.getUTCDay() + 6) % 7)); // weeks begin on Monday, as in SQL
  else d.setUTCDate(1);
  return d;
}

/** The beginning of the next unit. */
export function next(at: Date, unit: Unit): Date {
  const d = new Date(at);
  if (unit === "month") d.setUTCMonth(d.getUTCMonth() + 1);
  else d.setTime(d.getTime() + { minute: 1, hour: 60, day: 1440, week: 10080 }[unit] * 60_000);
  return d;
}

/** Every unit of a period, also those without an event. */
export function unitsOf(from: Date, to: Date, unit: Unit): Date[] {
  const all: Date[] = [];
  for (let at = floor(from, unit); at < to && all.length < 2000; at = next(at, unit)) all.push(at);
  return all;
}
