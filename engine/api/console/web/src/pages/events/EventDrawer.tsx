import { ActionIcon, Drawer, Group, Tooltip } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useT } from "../../texts";
import { EventView } from "./EventView";
import type { EventFilter } from "./filter";
import { useFilterQuery } from "./useFilterQuery";

type Props = {
  /** Id, name or ARN. */
  store: string;
  /** Null: the drawer is closed. */
  eventId: string | null;
  onClose: () => void;
  /** Filters what the page shows; without it, a filter opens a query over the store. */
  onFilter?: (filter: EventFilter) => unknown;
};

/** An event beside the page that it was found on. */
export function EventDrawer({ store, eventId, onClose, onFilter }: Props) {
  const t = useT();
  const filterQuery = useFilterQuery(store);
  return (
    <Drawer
      opened={eventId !== null}
      onClose={onClose}
      position="right"
      size="46rem"
      title={
        <Group gap={4} component="span">
          {t("event.title")}
          {eventId !== null && (
            <Tooltip label={t("event.open")}>
              <ActionIcon size="sm" component={Link} to="/events/$store/$eventId" params={{ store, eventId } as never} aria-label={t("event.open")}>
                <IconExternalLink size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      }
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {eventId !== null && <EventView key={eventId} store={store} eventId={eventId} onFilter={onFilter ?? filterQuery} />}
    </Drawer>
  );
}
