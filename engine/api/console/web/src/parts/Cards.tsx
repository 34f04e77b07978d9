import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./parts.module.css";

/** Figures side by side, each in a Card. */
export function Cards({ children }: { children: ReactNode }) {
  return <div className={classes["cards"]}>{children}</div>;
}

/** A figure and its name; attention marks one that should not be. */
export function Card({ name, attention = false, children }: { name: string; attention?: boolean; children: ReactNode }) {
  return (
    <div className={classes["card"]}>
      <Text size="xs" c="dimmed">{name}</Text>
      <div className={classes["cardValue"]} data-attention={attention || undefined}>{children}</div>
    </div>
  );
}
