import { List, Stack, Text } from "@mantine/core";
import type { Selector } from "../../api/stores";
import { useT, type TextKey } from "../../texts";
import { draftsOf } from "./selectors";
import classes from "./stores.module.css";

/** A store's selectors, to read. */
export function SelectorList({ selectors }: { selectors: Selector[] }) {
  const t = useT();
  return (
    <Stack gap="sm">
      {draftsOf(selectors).map((d) => (
        <div key={d.key} className={classes["selector"]}>
          <Text fw={600}>{t(`stores.selectors.categories.${d.category}` as TextKey)}</Text>
          {d.name && <Text size="xs" c="dimmed">{d.name}</Text>}
          {d.conditions.length > 0 && (
            <List size="sm">
              {d.conditions.map((c, i) => (
                <List.Item key={i}>
                  <span className={classes["mono"]}>{c.field}</span> {t(`stores.selectors.operators.${c.operator}`)} <span className={classes["mono"]}>{c.values.join(", ")}</span>
                </List.Item>
              ))}
            </List>
          )}
        </div>
      ))}
    </Stack>
  );
}
