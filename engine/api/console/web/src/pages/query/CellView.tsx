import { Group, Loader, Modal, SegmentedControl, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { Copy } from "../../parts/Copy";
import { ErrorState } from "../../parts/States";
import { formatCount } from "../../parts/format";
import { useT } from "../../texts";
import classes from "./query.module.css";
import type { CellPlace } from "./ResultTable";
import { fetchRow } from "./rows";

/** A value that may be JSON, with indentation; null when it is not. */
function indented(value: string): string | null {
  if (!/^\s*[[{]/.test(value)) return null;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return null;
  }
}

/** The whole of a cell's value. */
export function CellView({ queryId, place, columns, onClose }: { queryId: string; place: CellPlace | null; columns: Schema<"ResultColumn">[]; onClose: () => void }) {
  const t = useT();
  const title = place ? t("query.cell.title", { column: columns[place.column]?.name ?? "", row: formatCount(place.row + 1) }) : "";
  return (
    <Modal opened={place !== null} onClose={onClose} title={title} size="xl" closeButtonProps={{ "aria-label": t("close") }}>
      {place && <CellText queryId={queryId} place={place} />}
    </Modal>
  );
}

function CellText({ queryId, place }: { queryId: string; place: CellPlace }) {
  const t = useT();
  const cache = useQueryClient();
  const [how, setHow] = useState("formatted");
  const whole = useQuery({ queryKey: ["cell", queryId, place.row], queryFn: () => fetchRow(cache, queryId, place.row) });
  if (whole.isError) return <ErrorState error={whole.error} />;
  if (!whole.data) return <Loader size="sm" />;
  const value = whole.data[place.column] ?? "NULL";
  const json = indented(value);
  const text = json && how === "formatted" ? json : value;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        {json ? (
          <SegmentedControl value={how} onChange={setHow} data={[{ value: "formatted", label: t("query.cell.formatted") }, { value: "raw", label: t("query.cell.raw") }]} />
        ) : <span />}
        <Copy value={text} />
      </Group>
      <pre className={classes["cellText"]} tabIndex={0}>{text}</pre>
    </Stack>
  );
}
