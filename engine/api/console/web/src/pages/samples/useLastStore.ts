import { useLocalStorage } from "@mantine/hooks";
import { holdsTrail, isActive, type Store } from "../../api/stores";
import { int } from "../../api/client";

/** The store of CloudTrail events that was chosen last in this browser; before any choice, the fullest one. */
export function useLastStore(stores: Store[] | undefined): [id: string | null, set: (id: string | null) => void] {
  const [kept, setKept] = useLocalStorage<string | null>({ key: "traillake.store", defaultValue: null, getInitialValueInEffect: false });
  const active = (stores ?? []).filter((s) => isActive(s) && holdsTrail(s));
  const fullest = active.toSorted((a, b) => int(b.events) - int(a.events))[0];
  const id = active.some((s) => s.eventDataStoreId === kept) ? kept : (fullest?.eventDataStoreId ?? null);
  return [id, setKept];
}
