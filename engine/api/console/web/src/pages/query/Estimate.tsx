import { Tooltip } from "@mantine/core";
import { IconGauge } from "@tabler/icons-react";
import { int, type Schema } from "../../api/client";
import { formatBytes, formatCount } from "../../parts/format";
import { useT } from "../../texts";
import classes from "./query.module.css";

/** What running the statement would read at most. */
export function Estimate({ estimate }: { estimate: Schema<"EstimateQueryResponse"> }) {
  const t = useT();
  const segments = int(estimate.segments);
  const groups = int(estimate.rowGroups);
  const read = segments - int(estimate.segmentsPruned);
  const readGroups = groups - int(estimate.rowGroupsPruned);
  return (
    <Tooltip
      multiline
      label={t("query.estimate.detail", {
        segments: formatCount(read),
        ofSegments: formatCount(segments),
        groups: formatCount(readGroups),
        ofGroups: formatCount(groups),
        rows: formatCount(int(estimate.rows)),
      })}
    >
      <span className={classes["estimate"]} tabIndex={0}>
        <IconGauge size={14} stroke={1.7} aria-hidden />
        {t("query.estimate.reads", { bytes: formatBytes(int(estimate.bytes)), segments: formatCount(read), ofSegments: formatCount(segments), groups: formatCount(readGroups) })}
      </span>
    </Tooltip>
  );
}
