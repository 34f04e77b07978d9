import { language } from "../texts";

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

/** A length of time: 340 ms, 12.3 s, 4 min 05 s. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} min ${String(Math.floor(ms / 1000) % 60).padStart(2, "0")} s`;
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
