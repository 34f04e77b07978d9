import { Group, Modal, SimpleGrid, Stack, Text } from "@mantine/core";
import { useT } from "../texts";
import { Keys } from "../parts/Keys";
import { useKey, useKeys } from "./keys";

/** The list of keys that work just now, opened with "?". */
export function KeyList() {
  const t = useT();
  const { entries, listing, setListing } = useKeys();
  useKey({ keys: "?", text: "keys.list", group: "keys.everywhere" }, () => {
    setListing(!listing);
  });
  const groups = Map.groupBy(entries, (e) => e.group);
  return (
    <Modal opened={listing} onClose={() => { setListing(false); }} title={t("keys.title")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
      <SimpleGrid cols={2} spacing="xl" verticalSpacing="lg">
        {[...groups].map(([group, keys]) => (
          <Stack key={group} gap="xs">
            <Text fw={650} component="h3" m={0}>{t(group)}</Text>
            {keys.map((k) => (
              <Group key={k.keys + k.text} justify="space-between" wrap="nowrap">
                <Text>{t(k.text)}</Text>
                <Keys keys={k.keys} />
              </Group>
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
