import { Text, Tooltip } from "@mantine/core";
import { language, useT } from "../texts";
import { formatRelative, formatUtc } from "./format";
import classes from "./parts.module.css";

/**
 * A time, always in UTC as the lake's columns are; how long ago beside it when
 * asked for, and the local time on hovering.
 */
export function Time({ value, relative = false }: { value: string | Date | undefined | null; relative?: boolean }) {
  const t = useT();
  if (!value) return <Text span c="dimmed">{t("time.never")}</Text>;
  const at = new Date(value);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Tooltip label={t("time.local", { time: at.toLocaleString(language()), zone })}>
      <time dateTime={at.toISOString()} className={classes["time"]}>
        {formatUtc(at)} <span className={classes["unit"]}>UTC</span>
        {relative && <span className={classes["unit"]}> · {formatRelative(at, new Date()) ?? t("time.now")}</span>}
      </time>
    </Tooltip>
  );
}
