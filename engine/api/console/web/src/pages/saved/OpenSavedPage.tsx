import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useOpenTab } from "../../app/openTab";
import { savedLink, useSavedQuery } from "../../api/saved";
import { ErrorState, Loading } from "../../parts/States";
import { useTitle } from "../../parts/Page";
import { useT } from "../../texts";
import { rangeOf } from "./link";

/** Where a link to a saved query leads: it opens in the query page, with the link's parameters and range or its own. */
export function OpenSavedPage() {
  const t = useT();
  useTitle(t("saved.title"));
  const { savedQueryId } = useParams({ from: "/saved/$savedQueryId" });
  const search = useSearch({ from: "/saved/$savedQueryId" });
  const saved = useSavedQuery(savedQueryId);
  const openTab = useOpenTab();
  const opened = useRef(false);
  const query = saved.data;
  useEffect(() => {
    if (!query || opened.current) return;
    opened.current = true;
    const parameters = query.parameters.map((parameter, i) => search.p?.[i] ?? parameter.defaultValue ?? "");
    const range = rangeOf(search);
    const link = savedLink(query, [...(search.p ?? []), ...(range ? [JSON.stringify(range)] : [])]);
    void openTab(query.queryStatement, { name: query.name, parameters, range: range ?? query.timeRange ?? null, link }, true);
  }, [query, search, openTab]);
  if (saved.isError) return <ErrorState error={saved.error} retry={() => void saved.refetch()} />;
  return <Loading />;
}
