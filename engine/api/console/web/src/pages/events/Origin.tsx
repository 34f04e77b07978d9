import { Anchor, Button, Group, Stack } from "@mantine/core";
import { IconTerminal2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { identifier, literal } from "../../api/quote";
import { useOpenQuery } from "../../parts/openQuery";
import { Time } from "../../parts/Time";
import { useT } from "../../texts";
import { Facts } from "./Facts";
import { columnsFor } from "./pivots";
import { textAt } from "./tell/record";
import type { StoredEvent } from "./useEvent";

const utc = (text: string | null) => (text ? `${text.replace(" ", "T")}Z` : null);

/** Where an event is from, and how it came into the store. */
export function Origin({ store, stored }: { store: string; stored: StoredEvent }) {
  const t = useT();
  const openQuery = useOpenQuery();
  const id = textAt(stored.record, "eventID");
  const bucket = stored.location?.replace(/^(s3:\/\/[^/]+).*$/, "$1");
  const object = stored.object && (bucket ? `${bucket}/${stored.object}` : stored.object);
  return (
    <Stack gap="sm">
      <Facts
        facts={[
          { text: "event.origin.object", value: object },
          { text: "event.origin.record", value: stored.recordNumber },
          { text: "event.origin.import", value: stored.importId, shown: <Anchor component={Link} to="/imports/$importId" params={{ importId: stored.importId } as never}>{stored.importId}</Anchor> },
          { text: "event.origin.ingested", value: stored.ingestTime, shown: <Time value={utc(stored.ingestTime)} /> },
          { text: "event.origin.committed", value: stored.committedAt, shown: <Time value={utc(stored.committedAt)} /> },
          { text: "event.origin.commit", value: stored.commit, shown: `${stored.commit ?? ""}${stored.reason ? ` (${stored.reason})` : ""}` },
          { text: "event.origin.segment", value: stored.segment },
          { text: "event.origin.checksum", value: stored.checksum },
          { text: "event.origin.issues", value: stored.issues },
        ]}
      />
      <Group gap="xs">
        <Button variant="default" leftSection={<IconTerminal2 size={14} />} onClick={() => void openQuery(`SELECT * FROM ${identifier(`${store}$origins`)}\nWHERE eventid = ${literal(id)}`)}>{t("event.origin.query")}</Button>
        {stored.object && (
          <Button variant="default" onClick={() => void openQuery(`SELECT ${columnsFor(stored.record)}\nFROM ${identifier(store)}\nWHERE "$source".object = ${literal(stored.object!)}\nORDER BY "$source".record`)}>{t("event.origin.neighbours")}</Button>
        )}
      </Group>
    </Stack>
  );
}
