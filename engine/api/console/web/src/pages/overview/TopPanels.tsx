import { Text } from "@mantine/core";
import { formatCount } from "../../parts/format";
import { useOpenQuery } from "../../parts/openQuery";
import { Panel } from "../../parts/Page";
import { ErrorState, LoadingRows } from "../../parts/States";
import { useT } from "../../texts";
import { OpenPanel } from "./OpenPanel";
import classes from "./overview.module.css";
import type { Period } from "./search";
import { dimensionNames, statements, topValues, type Dimension } from "./statements";
import { useTops, type Top } from "./useOverview";

/** The most frequent values of each dimension. */
export function TopPanels({ store, period }: { store: string; period: Period }) {
  const t = useT();
  const tops = useTops(store, period);
  const s = statements(store, period);
  return (
    <div className={classes["grid"]}>
      {dimensionNames.map((d) => {
        const title = t(`overview.top.${d}`);
        const its = tops.data?.[d];
        return (
          <Panel key={d} padded={false} title={title} actions={<>{its && its.values > topValues && <Text size="xs" c="dimmed">{topValues} / {formatCount(its.values)}</Text>}<OpenPanel sql={s.values(d)} what={title} /></>}>
            {tops.isError ? (
              <ErrorState error={tops.error} retry={() => void tops.refetch()} />
            ) : !its ? (
              <LoadingRows rows={topValues} />
            ) : its.top.length === 0 ? (
              <Text c="dimmed" p="md">{t(d === "errors" ? "overview.top.noErrors" : "overview.top.none")}</Text>
            ) : (
              <Values dimension={d} top={its.top} sqlOf={(value) => s.events(s.is(d, value))} />
            )}
          </Panel>
        );
      })}
    </div>
  );
}

/** The end of a long name tells more than its beginning. */
function shown(dimension: Dimension, value: string): string {
  if (dimension === "services") return value.replace(/\.amazonaws\.com$/, "");
  if (dimension === "principals") return value.replace(/^arn:aws[\w-]*:(?:iam|sts)::(\d+):(?:assumed-role\/)?/, "$1 ");
  return value;
}

function Values({ dimension, top, sqlOf }: { dimension: Dimension; top: Top[]; sqlOf: (value: string) => string }) {
  const open = useOpenQuery();
  const most = Math.max(...top.map((x) => x.events));
  return (
    <ol className={classes["values"]}>
      {top.map(({ value, events }) => (
        <li key={value}>
          <button type="button" className={classes["value"]} title={value} onClick={() => void open(sqlOf(value), value)}>
            <span className={classes["bar"]} style={{ width: `${(100 * events) / most}%` }} data-errors={dimension === "errors" || undefined} aria-hidden />
            <span className={classes["valueName"]}>{shown(dimension, value)}</span>
            <span className={classes["valueCount"]}>{formatCount(events)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
