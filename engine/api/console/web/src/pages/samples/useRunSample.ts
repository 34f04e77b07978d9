import { useMutation } from "@tanstack/react-query";
import { useOpenTab } from "../../app/openTab";
import { api, data } from "../../api/client";
import { sampleOn, type Sample } from "../../api/samples";
import { sources } from "../../api/source";
import type { Store } from "../../api/stores";
import { literalOf, marksOf } from "../query/parameters";

/** Starts a sample on a store and opens it in the query page, where its result comes in. */
export function useRunSample() {
  const openTab = useOpenTab();
  return useMutation({
    mutationFn: async ({ sample, store, parameters }: { sample: Sample; store: Store; parameters: string[] }) => {
      const queryStatement = sampleOn(sample, store);
      const queryParameters = marksOf(queryStatement).map((mark, i) => literalOf(parameters[i] ?? "", mark.quoted));
      const { queryId } = await api.POST("/api/v1/queries", { body: { queryStatement, queryParameters, source: sources.user } }).then(data);
      await openTab(queryStatement, { name: sample.name, parameters, queryId });
    },
  });
}

/** A sample's parameters as they are when nobody says otherwise. */
export function defaults(sample: Sample): string[] {
  return sample.parameters.map((p) => p.defaultValue ?? "");
}
