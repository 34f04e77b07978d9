import { Skeleton } from "@mantine/core";
import { formatCount } from "../../parts/format";
import { QueryLink } from "../../parts/openQuery";
import { useT } from "../../texts";
import classes from "./overview.module.css";
import type { Period } from "./search";
import { conditions, statements } from "./statements";
import { useTops } from "./useOverview";

type Counts = { events: number; errors: number; denied: number; changes: number };

/** The numbers at the top; each opens what it counts. */
export function Totals({ store, period, totals }: { store: string; period: Period; totals: Counts | undefined }) {
  const t = useT();
  const s = statements(store, period);
  const tops = useTops(store, period);
  const figures = [
    { name: "events", value: totals?.events, sql: s.totals },
    { name: "errors", value: totals?.errors, sql: s.events(conditions.errors) },
    { name: "denied", value: totals?.denied, sql: s.events(conditions.denied) },
    { name: "changes", value: totals?.changes, sql: s.events(conditions.changes) },
    { name: "principals", value: tops.data?.principals.values, sql: s.values("principals") },
    { name: "addresses", value: tops.data?.addresses.values, sql: s.values("addresses") },
  ] as const;
  return (
    <section aria-label={t("overview.figures.label")} className={classes["totals"]}>
      {figures.map(({ name, value, sql }) => {
        const label = t(`overview.figures.${name}`);
        return (
          <div key={name} className={classes["total"]}>
            <div className={classes["totalLabel"]}>{label}</div>
            {value === undefined && !tops.isError ? (
              <Skeleton height={26} width={90} />
            ) : (
              <div className={classes["totalValue"]} data-testid={`total-${name}`}>
                <QueryLink sql={sql} name={label} label={t("overview.openQuery", { what: `${label} ${value === undefined ? "" : formatCount(value)}`.trim() })}>{value === undefined ? "–" : formatCount(value)}</QueryLink>
              </div>
            )}
          </div>
        );
      })}
    </section>
  );
}
