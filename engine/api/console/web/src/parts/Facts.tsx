import { Fragment, type ReactNode } from "react";
import classes from "./parts.module.css";

/** Names and their values, a line each; a value of null leaves its line out. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.filter(([, value]) => value !== null).map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** An id, an ARN, an address, a key: text of machines. */
export function Mono({ children }: { children: ReactNode }) {
  return <span className={classes["mono"]}>{children}</span>;
}
