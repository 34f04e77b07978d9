import { memo } from "react";
import { formatCount } from "../../parts/format";
import classes from "./result.module.css";
import type { Value } from "./rows";

/** A column as rows show it: its number in the result, its place among the shown ones. */
export type ShownColumn = { source: number; place: number; right: boolean };

type Props = {
  index: number;
  top: number;
  template: string;
  values: Value[] | undefined;
  /** Columns whose values are cut, as ",3,7,". */
  cut: string;
  columns: ShownColumn[];
  /** Place of the active cell when it is in this row, else -1. */
  active: number;
};

/** The id of a cell's element. */
export function cellId(row: number, place: number): string {
  return `cell-${row}-${place}`;
}

/** The id of a column's head. */
export function headId(place: number): string {
  return `head-${place}`;
}

/** One row. It is rendered again only when something in it changes: scrolling moves what is around it. */
export const ResultRow = memo(function ResultRow({ index, top, template, values, cut, columns, active }: Props) {
  return (
    <div role="row" aria-rowindex={index + 2} className={classes["row"]} data-odd={index % 2 === 1 || undefined} style={{ gridTemplateColumns: template, top }}>
      <div role="rowheader" className={classes["number"]}>{formatCount(index + 1)}</div>
      {columns.map(({ source, place, right }) => {
        const value = values?.[source];
        return (
          <div
            key={source}
            id={cellId(index, place)}
            role="gridcell"
            aria-colindex={place + 2}
            data-row={index}
            data-place={place}
            className={classes["cell"]}
            style={{ gridColumn: place + 2 }}
            data-right={right || undefined}
            data-null={value === null || undefined}
            data-active={active === place || undefined}
          >
            {value === undefined ? <span className={classes["waiting"]} /> : value === null ? "NULL" : fold(value)}
            {cut.includes(`,${source},`) && "…"}
          </div>
        );
      })}
    </div>
  );
});

// A cell is one line: line breaks show as a mark.
function fold(value: string): string {
  return value.includes("\n") ? value.replace(/\r?\n/g, " ⏎ ") : value;
}
