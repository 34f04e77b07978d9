import { useEffect, useState } from "react";
import { int } from "../../api/client";
import type { Import } from "../../api/imports";

const span = 5000; // ms over which a running import's speed is taken

/** Events per second: of the last seconds while it runs, of all its time afterwards; null when that is not known. */
export function useRate(i: Import, running: boolean): number | null {
  const [samples, setSamples] = useState<{ at: number; events: number }[]>([]);
  const events = int(i.importStatistics?.eventsRead);
  useEffect(() => {
    const at = performance.now();
    setSamples((all) => [...all.filter((s) => at - s.at < span), { at, events }]);
  }, [events]);
  if (!running) {
    const took = new Date(i.updatedTimestamp ?? 0).getTime() - new Date(i.createdTimestamp ?? 0).getTime();
    return took > 0 && events > 0 ? (events * 1000) / took : null;
  }
  const first = samples[0];
  const last = samples.at(-1);
  return first && last && last.at > first.at ? ((last.events - first.events) * 1000) / (last.at - first.at) : null;
}
