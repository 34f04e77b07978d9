import { Badge, Button, CloseButton, Group, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlayFilled, IconSearch, IconZoomExclamation } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { useKey } from "../../app/keys";
import { phraseOf, useSamples, useSampleSearch, type Sample } from "../../api/samples";
import { isActive, useStores, type Store } from "../../api/stores";
import { Page, Panel } from "../../parts/Page";
import { EmptyState, ErrorState, LoadingRows } from "../../parts/States";
import { StoreSelect } from "../../parts/StoreSelect";
import { useT } from "../../texts";
import { SampleDrawer } from "./SampleDrawer";
import classes from "./samples.module.css";
import { useLastStore } from "./useLastStore";
import { defaults, useRunSample } from "./useRunSample";

/** What the address of the gallery keeps. */
export type SamplesSearch = { q?: string; category?: string; technique?: string; sample?: string };

/** The gallery of sample queries: by question, searched, by category and technique. */
export function SamplesPage() {
  const t = useT();
  const samples = useSamples();
  const stores = useStores();
  const [storeId, setStoreId] = useLastStore(stores.data);
  const store = stores.data?.find((s) => s.eventDataStoreId === storeId && isActive(s));
  return (
    <Page
      title={t("samples.title")}
      subtitle={samples.data && t("samples.purpose", { count: samples.data.length })}
      actions={<Group gap="xs"><Text size="xs" c="dimmed">{t("samples.runOn")}</Text><StoreSelect label={t("samples.runOn")} hideLabel value={storeId} onChange={setStoreId} /></Group>}
    >
      {samples.isError ? (
        <ErrorState error={samples.error} retry={() => void samples.refetch()} />
      ) : !samples.data ? (
        <LoadingRows />
      ) : (
        <Gallery samples={samples.data} store={store} />
      )}
    </Page>
  );
}

function Gallery({ samples, store }: { samples: Sample[]; store: Store | undefined }) {
  const t = useT();
  const navigate = useNavigate({ from: "/samples" });
  const search = useSearch({ from: "/samples" });
  const field = useRef<HTMLInputElement>(null);
  const set = (change: SamplesSearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  useKey({ keys: "/", text: "samples.search", group: "keys.page" }, () => field.current?.focus());

  const found = useFound(samples, search.q ?? "");
  const shown = found.filter((s) => (!search.category || s.category === search.category) && (!search.technique || s.technique?.id === search.technique));
  const chosen = samples.find((s) => s.id === search.sample);

  return (
    <>
      <div className={classes["gallery"]}>
        <Panel padded={false}>
          <Categories samples={samples} found={found} chosen={search.category} onChoose={(category) => { set({ category }); }} />
        </Panel>
        <Panel padded={false}>
          <Group gap="sm" wrap="nowrap" className={classes["bar"]}>
            <TextInput ref={field} type="search" flex={1} aria-label={t("samples.search")} placeholder={t("samples.searchHint")} leftSection={<IconSearch size={14} />} value={search.q ?? ""}
              onChange={(e) => { set({ q: e.currentTarget.value || undefined }); }}
              rightSection={search.q && <CloseButton size="xs" aria-label={t("samples.clear")} onClick={() => { set({ q: undefined }); }} />} />
            <TechniqueSelect samples={samples} value={search.technique ?? null} onChange={(technique) => { set({ technique: technique ?? undefined }); }} />
          </Group>
          {shown.length === 0 ? (
            <EmptyState icon={IconZoomExclamation} title={t("samples.none")} action={<Button variant="default" onClick={() => { set({ q: undefined, category: undefined, technique: undefined }); }}>{t("samples.all")}</Button>}>{t("samples.noneHelp")}</EmptyState>
          ) : (
            <ul className={classes["list"]} aria-label={t("samples.title")}>
              {shown.map((s) => <SampleLine key={s.id} sample={s} store={store} onOpen={() => { set({ sample: s.id }); }} />)}
            </ul>
          )}
        </Panel>
      </div>
      <SampleDrawer key={chosen?.id} sample={chosen} store={store} onClose={() => { set({ sample: undefined }); }} />
    </>
  );
}

/** The samples that fit what is searched for, by the server's ranking. */
function useFound(samples: Sample[], q: string): Sample[] {
  const [phrase] = useDebouncedValue(phraseOf(q), 150);
  const ranked = useSampleSearch(phrase);
  return useMemo(() => {
    if (!phrase) return samples;
    const byId = new Map(samples.map((s) => [s.id, s]));
    return (ranked.data ?? samples.map((s) => s.id)).flatMap((id) => byId.get(id) ?? []);
  }, [samples, phrase, ranked.data]);
}

/** The categories that something is found in, in the library's order. */
function Categories({ samples, found, chosen, onChoose }: { samples: Sample[]; found: Sample[]; chosen: string | undefined; onChoose: (category: string | undefined) => void }) {
  const t = useT();
  const counts = useMemo(() => Map.groupBy(found, (s) => s.category), [found]);
  const names = useMemo(() => new Map(samples.map((s) => [s.category, s.categoryName])), [samples]);
  return (
    <nav className={classes["categories"]} aria-label={t("samples.categories")}>
      <CategoryButton name={t("samples.all")} count={found.length} active={!chosen} onClick={() => { onChoose(undefined); }} />
      {[...names].map(([category, name]) => counts.has(category) && <CategoryButton key={category} name={name} count={counts.get(category)!.length} active={category === chosen} onClick={() => { onChoose(category); }} />)}
    </nav>
  );
}

function CategoryButton({ name, count, active, onClick }: { name: string; count: number; active: boolean; onClick: () => void }) {
  return (
    <button type="button" className={classes["category"]} aria-current={active || undefined} onClick={onClick}>
      <span>{name}</span>
      <span className={classes["count"]}>{count}</span>
    </button>
  );
}

function TechniqueSelect({ samples, value, onChange }: { samples: Sample[]; value: string | null; onChange: (id: string | null) => void }) {
  const t = useT();
  const techniques = useMemo(() => {
    const byId = new Map(samples.flatMap((s) => (s.technique?.id ? [[s.technique.id, s.technique.name]] : [])));
    return [...byId].sort(([a], [b]) => a!.localeCompare(b!)).map(([id, name]) => ({ value: id!, label: `${id!} ${name!}` }));
  }, [samples]);
  return <Select aria-label={t("samples.technique")} placeholder={t("samples.technique")} data={techniques} value={value} onChange={onChange} searchable clearable w="17rem" limit={100} withScrollArea={false} styles={{ options: { maxHeight: 300, overflowY: "auto" } }} comboboxProps={{ width: 380, position: "bottom-end" }} />;
}

function SampleLine({ sample, store, onOpen }: { sample: Sample; store: Store | undefined; onOpen: () => void }) {
  const t = useT();
  const run = useRunSample();
  return (
    <li className={classes["line"]}>
      <button type="button" className={classes["question"]} onClick={onOpen}>
        <span className={classes["ask"]}>{sample.question}</span>
        <span className={classes["name"]}>{sample.name} · {sample.categoryName}</span>
      </button>
      {sample.technique?.id && <Tooltip label={sample.technique.name}><Badge variant="outline" color="gray" tt="none">{sample.technique.id}</Badge></Tooltip>}
      <Button
        variant="light"
        size="compact-sm"
        leftSection={<IconPlayerPlayFilled size={11} />}
        aria-label={t("samples.runNamed", { name: sample.name })}
        loading={run.isPending}
        disabled={!store}
        onClick={() => { run.mutate({ sample, store: store!, parameters: defaults(sample) }, { onError: (e) => { notifications.show({ color: "red", title: t("error.title"), message: e.message }); } }); }}
      >
        {t("samples.run")}
      </Button>
    </li>
  );
}
