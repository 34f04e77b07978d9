import { Tooltip } from "@mantine/core";
import { formatBytes, formatCount } from "./format";
import classes from "./parts.module.css";

/** A size in bytes; the exact number on hovering. */
export function Bytes({ value }: { value: number }) {
  return (
    <Tooltip label={`${formatCount(value)} B`} disabled={value < 1024}>
      <span className={classes["figure"]}>{formatBytes(value)}</span>
    </Tooltip>
  );
}

/** A number of things. */
export function Count({ value }: { value: number }) {
  return <span className={classes["figure"]}>{formatCount(value)}</span>;
}
