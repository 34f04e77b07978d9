import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconCalendarOff, IconDatabase, IconInbox, IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { holdsTrail, isActive, useStores } from "../../api/stores";
import { useKey } from "../../app/keys";
import { formatUtc } from "../../parts/format";
import { Page } from "../../parts/Page";
import { EmptyState, ErrorState, Loading } from "../../parts/States";
import { StoreSelect } from "../../parts/StoreSelect";
import { useT } from "../../texts";
import { EventDrawer } from "../events/EventDrawer";
import classes from "./overview.module.css";
import { PeriodPicker } from "./PeriodPicker";
import { periodOf, type OverviewSearch } from "./search";
import { SecurityPanels } from "./SecurityPanels";
import { Timeline } from "./Timeline";
import { TopPanels } from "./TopPanels";
import { Totals } from "./Totals";
import { useSpan, useTotals, type Span } from "./useOverview";

// To the minute: the same statement again within it is the same answer.
function thisMinute(): Date {
  return new Date(Math.ceil(Date.now() / 60_000) * 60_000);
}

/** What has happened in a store in a period. */
export function OverviewPage() {
  const t = useT();
  const search = useSearch({ from: "/overview" });
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [now, setNow] = useState(thisMinute);
  const [last, setLast] = useLocalStorage({ key: "traillake.overviewStore", defaultValue: "", getInitialValueInEffect: false });
  const stores = useStores();
  const choice = (stores.data ?? []).filter((s) => isActive(s) && holdsTrail(s));
  const known = (id: string | undefined) => choice.find((s) => s.eventDataStoreId === id || s.name === id || s.eventDataStoreArn === id)?.eventDataStoreId;
  const store = known(search.store) ?? known(last) ?? choice[0]?.eventDataStoreId ?? "";

  const change = (to: OverviewSearch) => void navigate({ to: "/overview", search: { store, ...to } });
  const refresh = () => {
    setNow(thisMinute());
    void cache.invalidateQueries({ queryKey: ["overview"] });
  };
  useKey({ keys: "r", text: "overview.keys.refresh", group: "keys.page" }, refresh);

  const actions = store && (
    <>
      <StoreSelect
        label={t("overview.store")}
        hideLabel
        value={store}
        onChange={(id) => {
          if (!id) return;
          setLast(id);
          void navigate({ to: "/overview", search: { ...search, store: id } });
        }}
      />
      <PeriodPicker search={search} now={now} onChange={change} />
      <Tooltip label={t("refresh")}>
        <ActionIcon aria-label={t("refresh")} onClick={refresh}><IconRefresh size={16} /></ActionIcon>
      </Tooltip>
    </>
  );
  return (
    <Page title={t("overview.title")} actions={actions}>
      {stores.isError ? (
        <ErrorState error={stores.error} retry={() => void stores.refetch()} />
      ) : !stores.data ? (
        <Loading />
      ) : !store ? (
        <EmptyState icon={IconDatabase} title={t("overview.noStores")}>{t("overview.noStoresHelp")}</EmptyState>
      ) : (
        <OfStore key={store} store={store} search={search} now={now} onChange={change} />
      )}
    </Page>
  );
}

type OfStoreProps = { store: string; search: OverviewSearch; now: Date; onChange: (to: OverviewSearch) => void };

function OfStore({ store, search, now, onChange }: OfStoreProps) {
  const t = useT();
  const span = useSpan(store);
  if (span.isError) return <ErrorState error={span.error} retry={() => void span.refetch()} />;
  if (span.data === undefined) return <Loading />;
  if (span.data === null) return <EmptyState icon={IconInbox} title={t("overview.emptyStore")}>{t("overview.emptyStoreHelp")}</EmptyState>;
  return <OfPeriod store={store} search={search} now={now} onChange={onChange} span={span.data} />;
}

function OfPeriod({ store, search, now, onChange, span }: OfStoreProps & { span: Span }) {
  const t = useT();
  const period = periodOf(search, now);
  const totals = useTotals(store, period);
  const [open, setOpen] = useState<string | null>(null);
  if (totals.isError) return <ErrorState error={totals.error} retry={() => void totals.refetch()} />;
  if (totals.data?.events === 0) {
    return (
      <EmptyState icon={IconCalendarOff} title={t("overview.emptyPeriod")} action={<Button onClick={() => { onChange({ range: "all" }); }}>{t("overview.wholeStore")}</Button>}>
        {t("overview.emptyPeriodHelp", { count: span.events, from: `${formatUtc(span.first)} UTC`, to: `${formatUtc(span.last)} UTC` })}
      </EmptyState>
    );
  }
  return (
    <div className={classes["overview"]}>
      <Totals store={store} period={period} totals={totals.data} />
      <Timeline store={store} period={period} span={span} onZoom={(from, to) => { onChange({ range: "custom", from: from.toISOString(), to: to.toISOString() }); }} />
      <SecurityPanels store={store} period={period} onOpen={setOpen} />
      <TopPanels store={store} period={period} />
      <EventDrawer store={store} eventId={open} onClose={() => { setOpen(null); }} />
    </div>
  );
}
