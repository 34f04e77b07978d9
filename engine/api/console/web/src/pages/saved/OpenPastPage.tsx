import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useOpenTab } from "../../app/openTab";
import { api, data } from "../../api/client";
import { ErrorState, Loading } from "../../parts/States";
import { useTitle } from "../../parts/Page";
import { useT } from "../../texts";

/** Where a link to a past query leads: its statement and its result, in the query page. */
export function OpenPastPage() {
  const t = useT();
  useTitle(t("history.title"));
  const { queryId } = useParams({ from: "/history/$queryId" });
  const past = useQuery({
    queryKey: ["past", queryId],
    queryFn: ({ signal }) => api.GET("/api/v1/queries/{queryId}", { params: { path: { queryId } }, signal }).then(data),
  });
  const openTab = useOpenTab();
  const opened = useRef(false);
  const query = past.data;
  useEffect(() => {
    if (!query || opened.current) return;
    opened.current = true;
    void openTab(query.queryString, { queryId: query.queryId }, true);
  }, [query, openTab]);
  if (past.isError) return <ErrorState error={past.error} retry={() => void past.refetch()} />;
  return <Loading />;
}
