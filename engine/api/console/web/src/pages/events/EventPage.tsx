import { useParams } from "@tanstack/react-router";
import { Page } from "../../parts/Page";
import { useT } from "../../texts";
import { EventView } from "./EventView";
import classes from "./events.module.css";
import { useFilterQuery } from "./useFilterQuery";

/** An event at an address of its own. */
export function EventPage() {
  const t = useT();
  const { store, eventId } = useParams({ from: "/events/$store/$eventId" });
  const filter = useFilterQuery(store);
  return (
    <Page title={t("event.title")} subtitle={t("event.subtitle", { id: eventId })}>
      <div className={classes["page"]}>
        <EventView key={`${store}/${eventId}`} store={store} eventId={eventId} onFilter={filter} />
      </div>
    </Page>
  );
}
