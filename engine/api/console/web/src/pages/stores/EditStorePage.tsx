import { useNavigate, useParams } from "@tanstack/react-router";
import { useStore, useStoreChanges, type Store } from "../../api/stores";
import { Page } from "../../parts/Page";
import { ErrorState, Loading } from "../../parts/States";
import { useT } from "../../texts";
import { draftsOf, selectorsOf } from "./selectors";
import { StoreForm, type Settings } from "./StoreForm";

/** Changing a store's settings. */
export function EditStorePage() {
  const { storeId } = useParams({ from: "/stores/$storeId/edit" });
  const store = useStore(storeId);
  if (store.isError) return <ErrorState error={store.error} retry={() => void store.refetch()} />;
  if (!store.data) return <Loading />;
  return <Edit store={store.data} />;
}

function Edit({ store }: { store: Store }) {
  const t = useT();
  const navigate = useNavigate();
  const { update } = useStoreChanges();
  const back = () => void navigate({ to: "/stores/$storeId", params: { storeId: store.eventDataStoreId } });
  const initial: Settings = {
    name: store.name,
    selectors: draftsOf(store.advancedEventSelectors),
    retention: store.retentionPeriod,
    billingMode: store.billingMode,
    protection: store.terminationProtectionEnabled,
    ingestion: true,
    tags: [],
  };
  const submit = (s: Settings) => {
    update.mutate(
      {
        id: store.eventDataStoreId,
        name: s.name,
        advancedEventSelectors: selectorsOf(s.selectors),
        retentionPeriod: s.retention,
        ...(s.billingMode !== store.billingMode && { billingMode: s.billingMode }),
        terminationProtectionEnabled: s.protection,
      },
      { onSuccess: back },
    );
  };
  return (
    <Page title={t("stores.editNamed", { name: store.name })}>
      <StoreForm existing initial={initial} submit={t("stores.form.save")} onSubmit={submit} onCancel={back} busy={update.isPending} error={update.error} />
    </Page>
  );
}
