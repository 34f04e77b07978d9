import { Group, Kbd } from "@mantine/core";
import { isMac } from "../app/keys";

const names: Record<string, string> = isMac ? { mod: "⌘", shift: "⇧", alt: "⌥", Enter: "⏎" } : { mod: "Ctrl", shift: "Shift", alt: "Alt" };

/** Shows a key as useKey names it. */
export function Keys({ keys }: { keys: string }) {
  return (
    <Group gap={3} wrap="nowrap" component="span">
      {keys.split(/[ +](?=.)/).map((key, i) => (
        <Kbd key={i} size="xs">{names[key] ?? (key.length === 1 ? key.toUpperCase() : key)}</Kbd>
      ))}
    </Group>
  );
}
