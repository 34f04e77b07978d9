/** What the server keeps with a query as its source. */
export const sources = {
  /** Asked for by the user. */
  user: "console",
  /** Asked for by a page, to show itself. */
  overview: "console overview",
  event: "console event",
} as const;

/** The sources of queries that nobody asked for in so many words. */
export const ownSources: string[] = [sources.overview, sources.event];
