import { useMemo } from "react";
import { Chart, type ChartOption } from "../../parts/Chart";
import { Panel } from "../../parts/Page";
import { ErrorState, LoadingRows } from "../../parts/States";
import { useT } from "../../texts";
import { OpenPanel } from "./OpenPanel";
import type { Period } from "./search";
import { statements, unitOf, type Unit } from "./statements";
import { next, unitsOf } from "./units";
import { useTimeline, type Span } from "./useOverview";

function labelOf(at: Date, unit: Unit): string {
  const text = at.toISOString();
  return unit === "minute" || unit === "hour" ? text.slice(5, 16).replace("T", " ") : unit === "month" ? text.slice(0, 7) : text.slice(0, 10);
}

type Props = { store: string; period: Period; span: Span; onZoom: (from: Date, to: Date) => void };

/** Events over time; a bar that is clicked becomes the period. */
export function Timeline({ store, period, span, onZoom }: Props) {
  const t = useT();
  const from = period.from ?? span.first;
  const to = period.to ?? new Date(span.last.getTime() + 1);
  const unit = unitOf(to.getTime() - from.getTime());
  const timeline = useTimeline(store, period, unit);
  const start = from.getTime();
  const end = to.getTime();
  const units = useMemo(() => unitsOf(new Date(start), new Date(end), unit), [start, end, unit]);
  const title = t("overview.timeline.title");
  const unitName = t(`overview.timeline.${unit}`);

  const option = useMemo<ChartOption>(() => {
    const at = new Map(timeline.data?.map((p) => [p.time.getTime(), p]));
    const of = units.map((u) => at.get(u.getTime()) ?? { events: 0, errors: 0 });
    return {
      xAxis: { type: "category", data: units.map((u) => labelOf(u, unit)) },
      yAxis: { type: "value", minInterval: 1 },
      legend: { top: 0, right: 0 },
      series: [
        { type: "bar", name: t("overview.timeline.succeeded"), stack: "events", data: of.map((p) => p.events - p.errors), barCategoryGap: "12%" },
        { type: "bar", name: t("overview.timeline.failed"), stack: "events", data: of.map((p) => p.errors) },
      ],
    };
  }, [timeline.data, units, unit, t]);

  return (
    <Panel title={title} actions={<OpenPanel sql={statements(store, period).timeline(unit)} what={title} />}>
      {timeline.isError ? (
        <ErrorState error={timeline.error} retry={() => void timeline.refetch()} />
      ) : !timeline.data ? (
        <LoadingRows rows={6} />
      ) : (
        <Chart
          option={option}
          height={200}
          label={t("overview.timeline.label", { unit: unitName })}
          onPick={(name) => {
            const picked = units.find((u) => labelOf(u, unit) === name);
            if (picked) onZoom(picked, next(picked, unit));
          }}
        />
      )}
    </Panel>
  );
}
