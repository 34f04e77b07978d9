import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, data, type Schema } from "./client";
import { allPages } from "./pages";
import { storeInSql, type Store } from "./stores";

export type Sample = Schema<"SampleQuery">;

/** The library of sample queries, by category and title. It changes with the server's version only. */
export function useSamples() {
  return useQuery({
    queryKey: ["samples"],
    queryFn: ({ signal }) =>
      allPages(
        (nextToken) => api.GET("/api/v1/sample-queries", { params: { query: { maxResults: 1000, ...(nextToken && { nextToken }) } }, signal }).then(data),
        (answer) => answer.searchResults,
      ),
    staleTime: Infinity,
  });
}

/** What the server takes for a search: two to a thousand printable characters of ASCII. */
export function isSearchable(phrase: string): boolean {
  return /^[\x20-\x7e]{2,1000}$/.test(phrase);
}

/** Ids of the samples that fit a phrase best, the best first; nothing is asked for a phrase that the server does not take. */
export function useSampleSearch(phrase: string) {
  return useQuery<string[]>({
    queryKey: ["samples", phrase],
    enabled: isSearchable(phrase),
    queryFn: ({ signal }) => api.GET("/api/v1/sample-queries", { params: { query: { searchPhrase: phrase, maxResults: 50 } }, signal }).then(data).then((answer) => answer.searchResults.map((s) => s.id)),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

// Stands in samples for the event data store.
const placeholder = "$EDS_ID";

/** A sample's statement, with "?" for its parameters, on a store. */
export function sampleOn(sample: Sample, store: Store): string {
  return sample.queryStatement.replaceAll(placeholder, storeInSql(store));
}
