import { columnResizingFeature, columnSizingFeature, columnVisibilityFeature, tableFeatures, useTable, type ColumnDef } from "@tanstack/react-table";
import { memo, useCallback, useMemo, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import type { Schema } from "../../api/client";
import { useKey } from "../../app/keys";
import { ErrorState } from "../../parts/States";
import { useT } from "../../texts";
import { isNumeric } from "./columnTypes";
import { formatCount } from "../../parts/format";
import { copyText } from "../../parts/copyText";
import classes from "./result.module.css";
import { cellId, headId, ResultRow, type ShownColumn } from "./ResultRow";
import { useRows, type Value } from "./rows";
import { useScroll } from "./useScroll";

const rowHeight = 26;
const overscan = 8;
// Rows' tops count from a row that changes seldom, so that rows need not be
// rendered again as they move.
const anchorRows = 1000;
const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnVisibilityFeature });
const none: Value[][] = [];
// The row of the heads, above the first.
const headRowIndex = -1;

/** A place in a result: a row, and a column of the result. */
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
  onOpen: (place: CellPlace) => void;
  /** Asked for with the right button, or the key for menus, at a place of the window. */
  onCellMenu: (place: CellPlace, value: Value, x: number, y: number) => void;
};

function widthOf(column: number, head: Schema<"ResultColumn">, sample: Value[][]): number {
  let characters = Math.max(head.name.length + 4, 6);
  for (const row of sample.slice(0, 100)) characters = Math.max(characters, Math.min(row[column]?.length ?? 4, 48));
  return Math.min(Math.round(characters * 7.6 + 22), 390);
}

/**
 * The rows of a result, however many: only what is seen is in the page, and only
 * that is asked of the server. Arrow keys move, Enter opens a cell, or the menu of
 * a column's head.
 */
export const ResultTable = memo(function ResultTable({ queryId, columns, total, sample, hidden, label, head, onOpen, onCellMenu }: Props) {
  const t = useT();
  const [active, setActive] = useState({ row: 0, place: 0 });
  const { scroller, onScroll, height, position, left, view, moveTo } = useScroll(total * rowHeight);

  const [first100] = useState(sample); // the widths stay when more rows come
  const definitions = useMemo<ColumnDef<typeof features, Value[]>[]>(
    () => columns.map((c, i) => ({ id: String(i), header: c.name, accessorFn: (row: Value[]) => row[i], size: widthOf(i, c, first100), minSize: 48, maxSize: 2000 })),
    [columns, first100],
  );
  const visibility = useMemo(() => Object.fromEntries([...hidden].map((i) => [String(i), false])), [hidden]);
  const table = useTable({ features, columns: definitions, data: none, columnResizeMode: "onChange", state: { columnVisibility: visibility } });
  const visible = table.getVisibleLeafColumns();
  const headers = table.getHeaderGroups()[0]?.headers;
  const numberWidth = Math.max(44, formatCount(total).length * 8 + 18);
  const widths = visible.map((c) => c.getSize());
  const template = `${numberWidth}px ${widths.map((w) => `${w}px`).join(" ")}`;
  const width = numberWidth + widths.reduce((a, b) => a + b, 0);

  // Of wide results only the columns that are seen.
  const [firstPlace, lastPlace] = seen(widths, left, view.width);
  const key = visible.slice(firstPlace, lastPlace + 1).map((c) => c.id).join(",");
  const shown = useMemo<ShownColumn[]>(
    () => key.split(",").map((id, i) => ({ source: Number(id), place: firstPlace + i, right: isNumeric(columns[Number(id)]?.type ?? "") })),
    [key, firstPlace, columns],
  );

  const first = Math.max(0, Math.floor(position / rowHeight) - overscan);
  const last = Math.min(total, Math.ceil((position + view.height) / rowHeight) + overscan);
  const { row, cut, failed } = useRows(queryId, first, last, total);
  const anchor = Math.floor(first / anchorRows) * anchorRows;

  const go = useCallback(
    (toRow: number, toPlace: number) => {
      const next = { row: Math.max(headRowIndex, Math.min(toRow, total - 1)), place: Math.max(0, Math.min(toPlace, widths.length - 1)) };
      setActive(next);
      const top = Math.max(0, next.row) * rowHeight;
      const inner = view.height - rowHeight; // the head covers a row
      if (top < position) moveTo(top);
      else if (top + rowHeight > position + inner) moveTo(top + rowHeight - inner);
      const s = scroller.current;
      if (!s) return;
      const from = widths.slice(0, next.place).reduce((a, b) => a + b, 0);
      const to = from + (widths[next.place] ?? 0) + numberWidth;
      if (from < s.scrollLeft) s.scrollLeft = from;
      else if (to > s.scrollLeft + view.width) s.scrollLeft = to - view.width;
    },
    [total, view, position, moveTo, scroller, widths, numberWidth],
  );

  const open = (at: { row: number; place: number }) => {
    const column = Number(visible[at.place]?.id);
    if (row(at.row)?.[column] !== undefined) onOpen({ row: at.row, column });
  };
  const menuOf = (at: { row: number; place: number }, x: number, y: number) => {
    const column = Number(visible[at.place]?.id);
    const value = row(at.row)?.[column];
    if (value !== undefined) onCellMenu({ row: at.row, column }, value, x, y);
  };
  const inHead = active.row === headRowIndex;
  const activeMenu = () => {
    if (inHead) return document.getElementById(headId(active.place))?.querySelector("button")?.click();
    const box = document.getElementById(cellId(active.row, active.place))?.getBoundingClientRect();
    if (box) menuOf(active, box.left, box.bottom);
  };
  const resize = (by: number) => {
    const column = visible[active.place];
    if (column) table.setColumnSizing((sizes) => ({ ...sizes, [column.id]: Math.max(48, column.getSize() + by) }));
  };
  useKey({ keys: "m", text: "query.keys.menu", group: "query.keys.result" }, activeMenu);
  useKey({ keys: "o", text: "query.keys.open", group: "query.keys.result" }, () => { open(active); });
  useKey({ keys: "alt+ArrowRight", text: "query.keys.wider", group: "query.keys.result" }, () => { resize(40); });
  useKey({ keys: "alt+ArrowLeft", text: "query.keys.narrower", group: "query.keys.result" }, () => { resize(-40); });
  useKey({ keys: "r", text: "query.keys.toResult", group: "keys.page" }, () => scroller.current?.focus());

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      activeMenu();
      event.preventDefault();
      return;
    }
    // A key in a column's menu is not the grid's.
    if (event.altKey || event.shiftKey || event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2);
    const far = event.ctrlKey || event.metaKey;
    const { row: r, place: c } = active;
    const moves: Record<string, [number, number]> = {
      ArrowUp: [r - 1, c],
      ArrowDown: [r + 1, c],
      ArrowLeft: [r, c - 1],
      ArrowRight: [r, c + 1],
      PageUp: [Math.max(0, r - page), c],
      PageDown: [r + page, c],
      Home: far ? [0, 0] : [r, 0],
      End: far ? [total - 1, widths.length - 1] : [r, widths.length - 1],
    };
    const to = moves[event.key];
    if (to) go(...to);
    else if (event.key === "Enter" && !far) { if (inHead) activeMenu(); else open(active); }
    else if (far && event.key === "c") void copyText((inHead ? columns[Number(visible[c]?.id)]?.name : row(r)?.[Number(visible[c]?.id)]) ?? "");
    else return;
    event.preventDefault();
  };

  // One listener for all cells: which one it was stands on the element.
  const cellOf = (event: MouseEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-place]");
    return cell && { row: Number(cell.dataset["row"]), place: Number(cell.dataset["place"]) };
  };
  const onClick = (event: MouseEvent) => {
    const at = cellOf(event);
    if (at) setActive(at);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const at = cellOf(event);
    if (at) open(at);
  };
  const onContextMenu = (event: MouseEvent) => {
    const at = cellOf(event);
    if (!at) return;
    event.preventDefault();
    setActive(at);
    menuOf(at, event.clientX, event.clientY);
  };

  // The head stays as it is while rows scroll by: its menus are the dearest of the table.
  const resizing = table.state.columnResizing.isResizingColumn;
  const activeHead = inHead ? active.place : -1;
  const headRow = useMemo(
    () => (
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={classes["head"]} style={{ gridTemplateColumns: template }}>
          <div role="columnheader" className={classes["number"]}><span aria-hidden>#</span><span className="visually-hidden">{t("query.result.number")}</span></div>
          {headers?.map((header, place) => {
            const i = Number(header.column.id);
            const c = columns[i]!;
            return (
              <div key={header.id} id={headId(place)} role="columnheader" aria-colindex={place + 2} className={classes["headCell"]} data-active={activeHead === place || undefined} title={`${c.name} ${c.type}`}>
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
      </div>
    ),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- resizing is read through the headers
    [headers, template, columns, head, resizing, activeHead, t],
  );

  if (failed) return <ErrorState error={failed} />;

  return (
    <div
      ref={scroller}
      className={classes["grid"]}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={onDoubleClick}
      onContextMenu={onContextMenu}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={widths.length + 1}
      aria-activedescendant={inHead ? headId(active.place) : total > 0 ? cellId(active.row, active.place) : undefined}
    >
      <div style={{ height: height + rowHeight, width, minWidth: "100%" }}>
        <div className={classes["layer"]} style={{ height: view.height, width, minWidth: "100%" }}>
          {headRow}
          <div className={classes["rows"]} role="rowgroup" style={{ transform: `translateY(${anchor * rowHeight - position}px)` }}>
            {Array.from({ length: Math.max(0, last - first) }, (_, k) => first + k).map((index) => (
              <ResultRow
                key={index}
                index={index}
                top={(index - anchor) * rowHeight}
                template={template}
                values={row(index)}
                cut={cut(index)}
                columns={shown}
                active={active.row === index ? active.place : -1}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
});

// The places of the first and last column that are seen, with one more at each side.
function seen(widths: number[], left: number, viewWidth: number): [number, number] {
  let from = 0;
  let x = 0;
  while (from < widths.length - 1 && x + widths[from]! < left) x += widths[from++]!;
  let to = from;
  while (to < widths.length - 1 && x < left + viewWidth) x += widths[to++]!;
  return [Math.max(0, from - 1), Math.min(widths.length - 1, to)];
}
