import { Button, Group, SegmentedControl } from "@mantine/core";
import { IconCalendarOff, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, data, int, type Schema } from "../../api/client";
import type { Store } from "../../api/stores";
import { Bytes, Count } from "../../parts/Figures";
import { Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { Table, type TableColumn } from "../../parts/Table";
import { useT } from "../../texts";
import { DayCalendar } from "./DayCalendar";
import { SegmentTable } from "./SegmentTable";

export type StoreDay = Schema<"StoreDay">;

// As the interface names the day of events that have no time.
const noDay = "none";

/** What a store holds of each day; onPick gets a day, or null when the picked one is picked again. */
export function DaysPanel({ store, day, onPick }: { store: Store; day: string | null; onPick: (day: string | null) => void }) {
  const t = useT();
  const id = store.eventDataStoreId;
  const [how, setHow] = useState("calendar");
  const days = useQuery({
    // A new version of the store's log is new contents.
    queryKey: ["days", id, store.version],
    queryFn: ({ signal }) => api.GET("/api/v1/event-data-stores/{eventDataStore}:days", { params: { path: { eventDataStore: id } }, signal }).then(data),
    placeholderData: (before) => before,
  });
  const pick = (picked: string) => { onPick(picked === day ? null : picked); };
  return (
    <Panel
      title={t("stores.contents.days")}
      actions={<SegmentedControl aria-label={t("stores.contents.how")} value={how} onChange={setHow} data={[{ value: "calendar", label: t("stores.contents.calendar") }, { value: "table", label: t("stores.contents.table") }]} />}
      padded={how === "calendar"}
    >
      {days.isError ? (
        <ErrorState error={days.error} retry={() => void days.refetch()} />
      ) : !days.data ? (
        <LoadingRows rows={4} />
      ) : days.data.days.length === 0 ? (
        <EmptyState icon={IconCalendarOff} title={t("stores.contents.none")}>{t("stores.contents.noneHelp")}</EmptyState>
      ) : how === "calendar" ? (
        <DayCalendar days={days.data.days} picked={day} onPick={pick} />
      ) : (
        <DayTable days={days.data.days} onPick={pick} />
      )}
    </Panel>
  );
}

/** The segments of a store, or of a day of it. */
export function SegmentsPanel({ store, day, onAll }: { store: Store; day: string | null; onAll: () => void }) {
  const t = useT();
  return (
    <Panel
      title={t("stores.contents.segments")}
      padded={false}
      actions={day && (
        <Button variant="light" size="compact-xs" rightSection={<IconX size={12} aria-hidden />} onClick={onAll} aria-label={t("stores.contents.allDays")}>
          {day === noDay ? t("stores.contents.noTime") : day}
        </Button>
      )}
    >
      <SegmentTable storeId={store.eventDataStoreId} version={store.version} day={day} />
    </Panel>
  );
}

function DayTable({ days, onPick }: { days: StoreDay[]; onPick: (day: string) => void }) {
  const t = useT();
  const newest = useMemo(() => days.toReversed(), [days]);
  const columns = useMemo<TableColumn<StoreDay>[]>(
    () => [
      {
        id: "day",
        header: t("stores.contents.day"),
        value: (d) => d.day,
        cell: (d) => <Button variant="transparent" size="compact-xs" px={0} onClick={() => { onPick(d.day || noDay); }}>{d.day || t("stores.contents.noTime")}</Button>,
      },
      { id: "events", header: t("stores.events"), right: true, value: (d) => int(d.events), cell: (d) => <Count value={int(d.events)} /> },
      { id: "bytes", header: t("stores.bytes"), right: true, value: (d) => int(d.bytes), cell: (d) => <Bytes value={int(d.bytes)} /> },
      { id: "segments", header: t("stores.segments"), right: true, value: (d) => int(d.segments), cell: (d) => <Count value={int(d.segments)} /> },
    ],
    [t, onPick],
  );
  return <Group mah="24rem" style={{ overflow: "auto" }} align="start"><Table columns={columns} rows={newest} rowKey={(d) => d.day || noDay} caption={t("stores.contents.days")} /></Group>;
}
