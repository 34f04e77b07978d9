import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconRun } from "@tabler/icons-react";
import { useState } from "react";
import { api, data, int, type Schema } from "../../api/client";
import { formatBytes, formatCount, formatDuration } from "../../parts/format";
import { ErrorState, LoadingRows } from "../../parts/States";
import { useT } from "../../texts";
import classes from "./plan.module.css";

/** How a statement is computed, as a tree: what yields at the top, what is read at the bottom. */
export function PlanView({ statement }: { statement: string }) {
  const t = useT();
  const [analyze, setAnalyze] = useState(false);
  const plan = useQuery({
    queryKey: ["plan", statement, analyze],
    queryFn: ({ signal }) => api.POST("/api/v1/queries:explain", { body: { queryStatement: statement, analyze }, signal }).then(data),
    staleTime: Infinity,
  });
  if (plan.isError) return <ErrorState error={plan.error} retry={() => void plan.refetch()} />;
  if (!plan.data?.plan) return <LoadingRows />;
  const longest = Math.max(1, ...timesOf(plan.data.plan));
  return (
    <Stack p="md" gap="sm" className={classes["plan"]}>
      <Group gap="md">
        <Button variant="default" leftSection={<IconRun size={15} />} disabled={analyze} onClick={() => { setAnalyze(true); }}>{t("query.plan.analyze")}</Button>
        <Text c="dimmed">
          {analyze
            ? t("query.plan.analyzed", { time: formatDuration(int(plan.data.executionTimeInMillis)), memory: formatBytes(int(plan.data.peakMemoryBytes)) })
            : t("query.plan.help")}
        </Text>
      </Group>
      <ul className={classes["tree"]}>
        <Node node={plan.data.plan} longest={longest} analyzed={analyze} />
      </ul>
    </Stack>
  );
}

function timesOf(node: Schema<"PlanNode">): number[] {
  return [int(node.timeMicros), ...node.children.flatMap(timesOf)];
}

function Node({ node, longest, analyzed }: { node: Schema<"PlanNode">; longest: number; analyzed: boolean }) {
  const t = useT();
  const micros = int(node.timeMicros);
  const spilled = int(node.spilledBytes);
  return (
    <li>
      <div className={classes["node"]} data-hot={(analyzed && micros === longest) || undefined}>
        <div className={classes["nodeHead"]}>
          <strong>{node.name}</strong>
          {analyzed && (
            <>
              <span className={classes["figure"]}>{t("query.state.rows", { count: int(node.rows) })}</span>
              <span className={classes["figure"]}>{formatDuration(micros / 1000)}</span>
              {int(node.memoryBytes) > 0 && <span className={classes["figure"]}>{t("query.plan.memory", { bytes: formatBytes(int(node.memoryBytes)) })}</span>}
              {spilled > 0 && <Badge color="amber">{t("query.plan.spilled", { bytes: formatBytes(spilled) })}</Badge>}
            </>
          )}
        </div>
        {analyzed && <div className={classes["share"]} aria-hidden><span style={{ width: `${(micros / longest) * 100}%` }} /></div>}
        {node.details.length > 0 && <pre className={classes["details"]}>{node.details.join("\n")}</pre>}
        {node.scan && <Scan scan={node.scan} />}
      </div>
      {node.children.length > 0 && (
        <ul>
          {node.children.map((child, i) => <Node key={i} node={child} longest={longest} analyzed={analyzed} />)}
        </ul>
      )}
    </li>
  );
}

function Scan({ scan }: { scan: Schema<"PlanScan"> }) {
  const t = useT();
  return (
    <Text size="xs" c="dimmed">
      {t("query.plan.scan", {
        segments: formatCount(int(scan.segments) - int(scan.segmentsPruned)),
        ofSegments: formatCount(int(scan.segments)),
        groups: formatCount(int(scan.rowGroups) - int(scan.rowGroupsPruned)),
        ofGroups: formatCount(int(scan.rowGroups)),
        rows: formatCount(int(scan.rows)),
        bytes: formatBytes(int(scan.bytes)),
      })}
    </Text>
  );
}
