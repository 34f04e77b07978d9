import {
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from "@tanstack/react-table";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useT } from "../texts";
import classes from "./parts.module.css";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});

export type TableColumn<Row> = {
  id: string;
  header: string;
  /** What the column sorts by; a column without it does not sort. */
  value?: (row: Row) => string | number | null;
  /** What is shown; the value itself when it is not given. */
  cell?: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  right?: boolean;
};

/**
 * A list of things with columns that sort, for up to a few hundred rows (a
 * query's result has a table of its own). Make columns with useMemo: new columns
 * are a new table. caption names the table for screen readers.
 */
export function Table<Row extends RowData>({ columns, rows, rowKey, caption }: { columns: TableColumn<Row>[]; rows: Row[]; rowKey: (row: Row) => string; caption: string }) {
  const t = useT();
  const definitions = useMemo<ColumnDef<typeof features, Row>[]>(
    () =>
      columns.map((c) => ({
        id: c.id,
        header: c.header,
        accessorFn: (row: Row) => c.value?.(row) ?? null,
        enableSorting: c.value !== undefined,
        sortFn: c.right ? "basic" : "alphanumeric",
        sortUndefined: "last",
      })),
    [columns],
  );
  const table = useTable({ features, columns: definitions, data: rows, getRowId: rowKey });
  const byId = useMemo(() => new Map(columns.map((c) => [c.id, c])), [columns]);

  return (
    <div className={classes["tableFrame"]}>
      <table className={classes["table"]}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {table.getHeaderGroups()[0]?.headers.map(({ column }) => {
              const c = byId.get(column.id)!;
              const sorted = column.getIsSorted();
              const align = c.right ? classes["right"] : "";
              return (
                <th key={column.id} scope="col" aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}>
                  {column.getCanSort() ? (
                    <button type="button" className={`${classes["sorter"] ?? ""} ${align ?? ""}`} onClick={column.getToggleSortingHandler()} title={t("table.sort", { column: c.header })}>
                      {c.header}
                      {sorted === "asc" && <IconArrowUp size={12} aria-hidden />}
                      {sorted === "desc" && <IconArrowDown size={12} aria-hidden />}
                    </button>
                  ) : (
                    <span className={`${classes["headLabel"] ?? ""} ${align ?? ""}`}>{c.header}</span>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {columns.map((c) => (
                <td key={c.id} className={c.right ? classes["right"] : undefined}>{c.cell ? c.cell(row.original) : c.value?.(row.original)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
