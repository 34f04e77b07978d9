import { Group, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import classes from "./parts.module.css";

/** A page: its heading, what can be done, its content. It also names the browser's tab. */
export function Page({ title, subtitle, actions, children }: { title: string; subtitle?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useTitle(title);
  return (
    <div className={classes["page"]}>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <div>
          <Title order={1}>{title}</Title>
          {subtitle && <div className={classes["subtitle"]}>{subtitle}</div>}
        </div>
        <Group gap="xs" wrap="nowrap">{actions}</Group>
      </Group>
      {children}
    </div>
  );
}

/** A framed part of a page. */
export function Panel({ title, actions, children, padded = true }: { title?: ReactNode; actions?: ReactNode; children: ReactNode; padded?: boolean }) {
  return (
    <section className={classes["panel"]}>
      {(title ?? actions) && (
        <div className={classes["panelHead"]}>
          <Title order={2}>{title}</Title>
          <Group gap="xs">{actions}</Group>
        </div>
      )}
      <div className={padded ? classes["panelBody"] : undefined}>{children}</div>
    </section>
  );
}

/** Names the browser's tab. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · TrailLake`;
  }, [title]);
}
