import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useLanguage } from "../texts";
import { api, data, type Schema } from "./client";
import { allPages } from "./pages";
import { storeInSql, type Store } from "./stores";

export type Sample = Schema<"SampleQuery">;

/** The library of sample queries in the user's language, by category. It changes with the server's version only. */
export function useSamples() {
  const language = useLanguage();
  return useQuery({
    queryKey: ["samples", language],
    queryFn: ({ signal }) =>
      allPages(
        (nextToken) => api.GET("/api/v1/sample-queries", { params: { query: { maxResults: 1000, language, ...(nextToken && { nextToken }) } }, signal }).then(data),
        (answer) => answer.searchResults,
      ),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

/** What is typed as the server takes it: up to a thousand characters, none of them a control character. */
export function phraseOf(typed: string): string {
  return [...typed.replace(/\p{C}+/gu, " ").trim()].slice(0, 1000).join("");
}

/** Ids of the samples that fit a phrase of the user's language or of English best, the best first; nothing is asked for no phrase. */
export function useSampleSearch(phrase: string) {
  const language = useLanguage();
  return useQuery<string[]>({
    queryKey: ["samples", language, phrase],
    enabled: phrase !== "",
    queryFn: ({ signal }) => api.GET("/api/v1/sample-queries", { params: { query: { searchPhrase: phrase, maxResults: 50, language } }, signal }).then(data).then((answer) => answer.searchResults.map((s) => s.id)),
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
