import { useComputedColorScheme } from "@mantine/core";
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, CalendarComponent, DataZoomInsideComponent, GridComponent, LegendScrollComponent, TooltipComponent, VisualMapPiecewiseComponent, VisualMapContinuousComponent } from "echarts/components";
import { init, use as register, type ComposeOption, type ECharts } from "echarts/core";
import type { BarSeriesOption, HeatmapSeriesOption, LineSeriesOption } from "echarts/charts";
import type { AriaComponentOption, CalendarComponentOption, DataZoomComponentOption, GridComponentOption, LegendComponentOption, TooltipComponentOption, VisualMapComponentOption } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { useCallback, useEffect, useRef } from "react";
import { ChartTable } from "./ChartTable";
import classes from "./parts.module.css";

register([BarChart, LineChart, HeatmapChart, GridComponent, TooltipComponent, LegendScrollComponent, CalendarComponent, VisualMapPiecewiseComponent, VisualMapContinuousComponent, DataZoomInsideComponent, AriaComponent, CanvasRenderer]);

/** What a chart is made of: bars, lines, a calendar's heat map. */
export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | HeatmapSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | CalendarComponentOption
  | VisualMapComponentOption
  | DataZoomComponentOption
  | AriaComponentOption
>;

const palette = {
  light: ["#0c6f8a", "#d99409", "#7a5ea8", "#3f8f5b", "#c2554f", "#4ea6bc", "#8797a2", "#b0418a"],
  dark: ["#4ea6bc", "#f0ab1c", "#a98fd6", "#6cbd88", "#e88079", "#a3d1dc", "#93a2ad", "#dd7fbd"],
};

/** Colours of a chart's parts for a scheme. */
export function chartColors(scheme: "light" | "dark") {
  return scheme === "dark"
    ? { text: "#d5dee4", soft: "#93a2ad", line: "#28343d", panel: "#1b252c", ground: "#131b21", low: "#16313b", high: "#4ea6bc" }
    : { text: "#17212a", soft: "#586874", line: "#e0e7eb", panel: "#ffffff", ground: "#ffffff", low: "#cfe6ec", high: "#0a5a71" };
}

/**
 * A chart. label says to screen readers what it shows; onPick gets the name of the
 * category and, by the mouse, of the series that was picked. Hints are drawn in the canvas: HTML
 * with style attributes is what the content security policy forbids.
 */
export function Chart({ option, label, height = 240, onPick }: { option: ChartOption; label: string; height?: number; onPick?: (name: string, series: string) => void }) {
  const scheme = useComputedColorScheme("light");
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(null);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });

  useEffect(() => {
    const made = init(frame.current!, null, { renderer: "canvas" });
    made.on("click", (event) => pick.current?.(event.name, event.seriesName ?? ""));
    chart.current = made;
    const resize = new ResizeObserver(() => { made.resize(); });
    resize.observe(frame.current!);
    return () => {
      resize.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    const c = chartColors(scheme);
    const axis = { axisLine: { lineStyle: { color: c.line } }, axisTick: { show: false }, axisLabel: { color: c.soft }, splitLine: { lineStyle: { color: c.line } } };
    const themed = (a: unknown) => (a ? (Array.isArray(a) ? a : [a]).map((x: object) => ({ ...axis, ...x })) : undefined);
    chart.current?.setOption(
      {
        animation: false,
        color: palette[scheme],
        textStyle: { color: c.text, fontFamily: getComputedStyle(document.body).fontFamily },
        ...option,
        aria: { enabled: true, label: { description: label }, decal: { show: false } },
        grid: option.grid ?? { left: 8, right: 16, top: 28, bottom: 8, outerBoundsMode: "same" },
        tooltip: {
          trigger: "axis",
          backgroundColor: c.panel,
          borderColor: c.line,
          textStyle: { color: c.text, fontSize: 12 },
          axisPointer: { type: "shadow" },
          ...option.tooltip,
          renderMode: "richText",
        },
        ...(option.legend && { legend: { textStyle: { color: c.soft }, pageTextStyle: { color: c.soft }, type: "scroll", ...option.legend } }),
        ...(option.xAxis && { xAxis: themed(option.xAxis) }),
        ...(option.yAxis && { yAxis: themed(option.yAxis) }),
      },
      true,
    );
  }, [option, label, scheme]);

  const show = useCallback((index: number | null) => {
    chart.current?.dispatchAction(index === null ? { type: "hideTip" } : { type: "showTip", seriesIndex: 0, dataIndex: index });
  }, []);
  return (
    <div className={classes["chartFrame"]}>
      <div ref={frame} role="img" aria-label={label} className={classes["chart"]} style={{ height }} />
      <ChartTable option={option} label={label} onPick={onPick ? (name) => { onPick(name, ""); } : null} onShow={show} />
    </div>
  );
}
