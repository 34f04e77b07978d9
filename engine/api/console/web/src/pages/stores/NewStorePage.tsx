import { useNavigate } from "@tanstack/react-router";
import { useStoreChanges } from "../../api/stores";
import { Page } from "../../parts/Page";
import { useT } from "../../texts";
import { newDraft, selectorsOf } from "./selectors";
import { StoreForm, type Settings } from "./StoreForm";

const initial = (): Settings => ({
  name: "",
  selectors: [newDraft()],
  retention: 366,
  billingMode: "EXTENDABLE_RETENTION_PRICING",
  protection: true,
  ingestion: true,
  tags: [],
});

/** key=value, or a key alone. */
function tagOf(text: string) {
  const at = text.indexOf("=");
  return at < 0 ? { key: text.trim() } : { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/** Making an event data store. */
export function NewStorePage() {
  const t = useT();
  const navigate = useNavigate();
  const { create } = useStoreChanges();
  const submit = (s: Settings) => {
    create.mutate(
      {
        name: s.name,
        advancedEventSelectors: selectorsOf(s.selectors),
        retentionPeriod: s.retention,
        billingMode: s.billingMode,
        terminationProtectionEnabled: s.protection,
        startIngestion: s.ingestion,
        tagsList: s.tags.map(tagOf),
      },
      { onSuccess: (store) => void navigate({ to: "/stores/$storeId", params: { storeId: store.eventDataStoreId } }) },
    );
  };
  return (
    <Page title={t("stores.create")} subtitle={t("stores.purpose")}>
      <StoreForm initial={initial()} submit={t("stores.form.create")} onSubmit={submit} onCancel={() => void navigate({ to: "/stores" })} busy={create.isPending} error={create.error} />
    </Page>
  );
}
