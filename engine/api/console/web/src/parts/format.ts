import { language, say } from "../texts";

/** A number with the language's separators. */
export function formatCount(n: number): string {
  return n.toLocaleString(language());
}

/** Bytes in binary units: 1.5 GiB. */
export function formatBytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let i = 0;
  while (n >= 1024 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  return `${n.toLocaleString(language(), { maximumFractionDigits: i === 0 ? 0 : n < 10 ? 2 : 1 })} ${units[i]!}`;
}

/** A length of time: 340 ms, 12.3 s, 4 min 05 s, 2 h 00 min, 3 d 04 h. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return say("time.ms", { n: Math.round(ms) });
  if (ms < 60_000) return say("time.s", { n: (ms / 1000).toLocaleString(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }) });
  const [unit, size, part] = ms < 3_600_000 ? (["min", 60_000, 1000] as const) : ms < 86_400_000 ? (["h", 3_600_000, 60_000] as const) : (["d", 86_400_000, 3_600_000] as const);
  return say(`time.${unit}`, { n: formatCount(Math.floor(ms / size)), rest: String(Math.floor((ms % size) / part)).padStart(2, "0") });
}

/** 2026-11-28 18:50:34 in UTC. */
export function formatUtc(at: Date): string {
  return at.toISOString().slice(0, 19).replace("T", " ");
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86400],
  ["month", 30 * 86400],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

/** "3 minutes ago"; null within the last minute. */
export function formatRelative(at: Date, now: Date): string | null {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  if (!step) return null;
  return new Intl.RelativeTimeFormat(language(), { numeric: "always" }).format(Math.trunc(seconds / step[1]), step[0]);
}
