import { columnResizingFeature, columnSizingFeature, columnVisibilityFeature, tableFeatures, useTable, type ColumnDef } from "@tanstack/react-table";
import { memo, useCallback, useMemo, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import type { Schema } from "../../api/client";
import { ErrorState } from "../../parts/States";
import { useT } from "../../texts";
import classes from "./result.module.css";
import { useRows, type Value } from "./rows";
import { useScroll } from "./useScroll";

const rowHeight = 26;
const overscan = 6;
const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnVisibilityFeature });
const none: never[] = [];

/** A place in a result. */
export type CellPlace = { row: number; column: number };

type Props = {
  queryId: string;
  columns: Schema<"ResultColumn">[];
  /** Rows there are by now. */
  total: number;
  /** The first rows, which the widths of the columns are taken from. */
  sample: Value[][];
  hidden: ReadonlySet<number>;
  label: string;
  /** What stands in a column's head beside its name. */
  head?: (column: number) => ReactNode;
  onOpen: (place: CellPlace, value: Value, cut: boolean) => void;
  onCellMenu?: (place: CellPlace, value: Value, event: MouseEvent) => void;
};

/** Whether a type's values stand at the right. */
function isNumber(type: string): boolean {
  return /^(tinyint|smallint|integer|bigint|real|double|decimal)/.test(type);
}

function widthOf(column: number, head: Schema<"ResultColumn">, sample: Value[][]): number {
  let characters = Math.max(head.name.length + 4, 6);
  for (const row of sample.slice(0, 100)) characters = Math.max(characters, Math.min(row[column]?.length ?? 4, 48));
  return Math.min(Math.round(characters * 7.4 + 22), 380);
}

/**
 * The rows of a result, however many: only what is seen is in the page, and only
 * that is asked of the server. Arrow keys move, Enter opens a cell.
 */
export const ResultTable = memo(function ResultTable({ queryId, columns, total, sample, hidden, label, head, onOpen, onCellMenu }: Props) {
  const t = useT();
  const [active, setActive] = useState<CellPlace>({ row: 0, column: 0 });
  const { scroller, onScroll, height, position, view, moveTo } = useScroll(total * rowHeight);

  const definitions = useMemo<ColumnDef<typeof features, Value[]>[]>(
    () => columns.map((c, i) => ({ id: String(i), header: c.name, accessorFn: (row: Value[]) => row[i], size: widthOf(i, c, sample), minSize: 48, maxSize: 2000 })),
    // The widths stay when more of the first rows come.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [columns.map((c) => c.name).join("\0"), queryId],
  );
  const visibility = useMemo(() => Object.fromEntries([...hidden].map((i) => [String(i), false])), [hidden]);
  const table = useTable({ features, columns: definitions, data: none as Value[][], columnResizeMode: "onChange", state: { columnVisibility: visibility } });
  const shown = table.getVisibleLeafColumns();
  const numberWidth = Math.max(44, String(total).length * 8 + 18);
  const widths = shown.map((c) => c.getSize());
  const template = `${numberWidth}px ${widths.map((w) => `${w}px`).join(" ")}`;
  const width = numberWidth + widths.reduce((a, b) => a + b, 0);

  const first = Math.max(0, Math.floor(position / rowHeight) - overscan);
  const last = Math.min(total, Math.ceil((position + view.height) / rowHeight) + overscan);
  const { row, isCut, failed } = useRows(queryId, first, last, total);

  const go = useCallback(
    (to: CellPlace) => {
      const next = { row: Math.max(0, Math.min(to.row, total - 1)), column: Math.max(0, Math.min(to.column, shown.length - 1)) };
      setActive(next);
      const top = next.row * rowHeight;
      const seen = view.height - rowHeight; // the head covers a row
      if (top < position) moveTo(top);
      else if (top + rowHeight > position + seen) moveTo(top + rowHeight - seen);
      const s = scroller.current;
      if (!s) return;
      const left = widths.slice(0, next.column).reduce((a, b) => a + b, 0);
      const right = left + (widths[next.column] ?? 0);
      if (left < s.scrollLeft) s.scrollLeft = left;
      else if (right + numberWidth > s.scrollLeft + view.width) s.scrollLeft = right + numberWidth - view.width;
    },
    [total, shown.length, view, position, moveTo, scroller, widths, numberWidth],
  );

  const open = (place: CellPlace) => {
    const source = Number(shown[place.column]?.id);
    const value = row(place.row)?.[source];
    if (value !== undefined) onOpen({ row: place.row, column: source }, value, isCut(place.row, source));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2);
    const far = event.ctrlKey || event.metaKey;
    const { row: r, column: c } = active;
    const moves: Record<string, CellPlace> = {
      ArrowUp: { row: r - 1, column: c },
      ArrowDown: { row: r + 1, column: c },
      ArrowLeft: { row: r, column: c - 1 },
      ArrowRight: { row: r, column: c + 1 },
      PageUp: { row: r - page, column: c },
      PageDown: { row: r + page, column: c },
      Home: far ? { row: 0, column: 0 } : { row: r, column: 0 },
      End: far ? { row: total - 1, column: shown.length - 1 } : { row: r, column: shown.length - 1 },
    };
    const to = moves[event.key];
    if (to) go(to);
    else if (event.key === "Enter" && !far) open(active);
    else if (far && event.key === "c" && !window.getSelection()?.toString()) {
      void navigator.clipboard.writeText(row(r)?.[Number(shown[c]?.id)] ?? "");
    } else return;
    event.preventDefault();
  };

  if (failed) return <ErrorState error={failed} />;
  const cellId = (place: CellPlace) => `cell-${place.row}-${place.column}`;

  return (
    <div
      ref={scroller}
      className={classes["grid"]}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={shown.length + 1}
      aria-activedescendant={total > 0 ? cellId(active) : undefined}
    >
      <div style={{ height: height + rowHeight, width, minWidth: "100%" }}>
        <div className={classes["layer"]} style={{ height: view.height, width, minWidth: "100%" }}>
          <div role="row" aria-rowindex={1} className={classes["head"]} style={{ gridTemplateColumns: template }}>
            <div role="columnheader" className={classes["number"]} aria-label={t("query.result.number")}>#</div>
            {table.getHeaderGroups()[0]?.headers.map((header) => {
              const i = Number(header.column.id);
              const c = columns[i]!;
              return (
                <div key={header.id} role="columnheader" className={classes["headCell"]} title={`${c.name} ${c.type}`}>
                  <span className={classes["headName"]}>{c.name}</span>
                  {head?.(i)}
                  <div
                    className={classes["resizer"]}
                    data-resizing={header.column.getIsResizing() || undefined}
                    onMouseDown={header.getResizeHandler()}
                    onTouchStart={header.getResizeHandler()}
                    onDoubleClick={() => { header.column.resetSize(); }}
                  />
                </div>
              );
            })}
          </div>
          <div className={classes["rows"]} role="rowgroup">
            {Array.from({ length: Math.max(0, last - first) }, (_, k) => first + k).map((index) => (
              <Row
                key={index}
                index={index}
                top={index * rowHeight - position}
                template={template}
                values={row(index)}
                shown={shown.map((c) => Number(c.id)).join(",")}
                columns={columns}
                active={active.row === index ? active.column : -1}
                onPick={setActive}
                onOpen={open}
                onMenu={onCellMenu}
                cut={isCut}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
});

type RowProps = {
  index: number;
  top: number;
  template: string;
  values: Value[] | undefined;
  /** Numbers of the columns that are shown, as text, so that it compares. */
  shown: string;
  columns: Schema<"ResultColumn">[];
  active: number;
  onPick: (place: CellPlace) => void;
  onOpen: (place: CellPlace) => void;
  onMenu: Props["onCellMenu"];
  cut: (row: number, column: number) => boolean;
};

function Row({ index, top, template, values, shown, columns, active, onPick, onOpen, onMenu, cut }: RowProps) {
  return (
    <div role="row" aria-rowindex={index + 2} className={classes["row"]} data-odd={index % 2 === 1 || undefined} style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}>
      <div role="rowheader" className={classes["number"]}>{(index + 1).toLocaleString("en")}</div>
      {shown.split(",").map((id, place) => {
        const i = Number(id);
        const value = values?.[i];
        return (
          <div
            key={id}
            id={`cell-${index}-${place}`}
            role="gridcell"
            aria-colindex={place + 2}
            className={classes["cell"]}
            data-right={isNumber(columns[i]?.type ?? "") || undefined}
            data-null={value === null || undefined}
            data-active={active === place || undefined}
            onClick={() => { onPick({ row: index, column: place }); }}
            onDoubleClick={() => { onOpen({ row: index, column: place }); }}
            onContextMenu={onMenu && value !== undefined ? (event) => {
              onPick({ row: index, column: place });
              onMenu({ row: index, column: i }, value, event);
            } : undefined}
          >
            {value === undefined ? <span className={classes["waiting"]} /> : value === null ? "NULL" : fold(value)}
            {value !== undefined && cut(index, i) && "…"}
          </div>
        );
      })}
    </div>
  );
}

// A cell is one line: line breaks show as a mark.
function fold(value: string): string {
  return (value.length > 300 ? value.slice(0, 300) : value).replace(/\r?\n/g, " ⏎ ");
}
