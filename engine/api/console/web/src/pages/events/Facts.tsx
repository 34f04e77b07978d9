import type { ReactNode } from "react";
import { Copy } from "../../parts/Copy";
import { Facts as Lines } from "../../parts/Facts";
import { useT, type TextKey } from "../../texts";
import classes from "./events.module.css";

/** A fact: its name, its value as text, and how it is shown when not as that text. */
export type Fact = { text: TextKey; value: string | null | undefined; shown?: ReactNode };

/** Facts whose values can be copied; those without a value are left out. */
export function Facts({ facts }: { facts: Fact[] }) {
  const t = useT();
  return (
    <Lines
      facts={facts
        .filter((f) => f.value)
        .map((f) => [
          t(f.text),
          <span key="value" className={classes["fact"]}>
            <span className={classes["factValue"]}>{f.shown ?? f.value}</span>
            <Copy value={f.value!} label={t("event.copyNamed", { name: t(f.text) })} />
          </span>,
        ])}
    />
  );
}
