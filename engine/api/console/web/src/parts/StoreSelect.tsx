import { Select } from "@mantine/core";
import { holdsTrail, isActive, useStores } from "../api/stores";
import { useT } from "../texts";

/** Chooses one of the stores of CloudTrail events that queries and imports reach, by id. */
export function StoreSelect({ value, onChange, label, hideLabel = false, required = false }: { value: string | null; onChange: (id: string | null) => void; label: string; hideLabel?: boolean; required?: boolean }) {
  const t = useT();
  const stores = useStores();
  const data = (stores.data ?? []).filter((s) => isActive(s) && holdsTrail(s)).map((s) => ({ value: s.eventDataStoreId, label: s.name }));
  return (
    <Select
      {...(hideLabel ? { "aria-label": label } : { label })}
      data={data}
      value={value}
      onChange={onChange}
      searchable={data.length > 8}
      allowDeselect={false}
      required={required}
      disabled={stores.isPending}
      error={stores.isError ? stores.error.message : undefined}
      placeholder={stores.data && data.length === 0 ? t("stores.none") : t("stores.choose")}
      nothingFoundMessage={t("stores.noneFound")}
    />
  );
}
