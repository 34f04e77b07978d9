import { useState, type KeyboardEvent } from "react";
import { useT } from "../texts";
import type { ChartOption } from "./Chart";

// More would only slow the page down; such a result is read in its rows.
const mostCells = 4000;

/** What a chart draws along its axis, and the values of its series there. */
type Drawn = { categories: string[]; series: { name: string; values: (number | null)[] }[] };

function drawnBy(option: ChartOption): Drawn | null {
  const axis = option.xAxis as { data?: string[] } | undefined;
  const series = [option.series ?? []].flat().map((s) => ({ name: String(s.name ?? ""), values: s.data as (number | null)[] }));
  if (!axis?.data || series.length === 0 || axis.data.length * series.length > mostCells) return null;
  return { categories: axis.data, series };
}

type Props = {
  option: ChartOption;
  label: string;
  /** Null: nothing can be picked. */
  onPick: ((name: string) => void) | null;
  /** Told which category is looked at, null when none is any more. */
  onShow: (index: number | null) => void;
};

/**
 * The values of a chart as a table: what screen readers read. Where a category can
 * be picked, its row is headed by a button: arrow keys move, Enter picks.
 */
export function ChartTable({ option, label, onPick, onShow }: Props) {
  const t = useT();
  const [active, setActive] = useState(0);
  const drawn = drawnBy(option);
  if (!drawn) return null;
  const { categories, series } = drawn;
  const last = categories.length - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowLeft: active - 1, ArrowUp: active - 1, ArrowRight: active + 1, ArrowDown: active + 1, Home: 0, End: last };
    const to = moves[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.currentTarget.querySelectorAll("button")[Math.max(0, Math.min(to, last))]?.focus();
  };
  const shown = Math.min(active, last);
  return (
    <table className="visually-hidden" aria-label={label} onKeyDown={onKeyDown}>
      <thead>
        <tr>
          <th scope="col">{t("chart.category")}</th>
          {series.map((s, i) => <th key={i} scope="col">{s.name}</th>)}
        </tr>
      </thead>
      <tbody>
        {categories.map((category, i) => (
          <tr key={i}>
            <th scope="row">
              {onPick ? (
                <button
                  type="button"
                  tabIndex={i === shown ? 0 : -1}
                  aria-label={`${category}: ${series.map((s) => `${s.name} ${s.values[i] ?? 0}`).join(", ")}`}
                  onFocus={() => { setActive(i); onShow(i); }}
                  onBlur={() => { onShow(null); }}
                  onClick={() => { onPick(category); }}
                >
                  {category}
                </button>
              ) : category}
            </th>
            {series.map((s, k) => <td key={k}>{s.values[i] ?? ""}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
