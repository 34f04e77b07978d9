import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { ErrorState, Loading } from "../parts/States";
import { overviewSearch } from "../pages/overview/search";
import type { SamplesSearch } from "../pages/samples/SamplesPage";
import type { HistorySearch } from "../pages/saved/HistoryPage";
import { openSavedSearch } from "../pages/saved/link";
import type { SavedSearch } from "../pages/saved/SavedPage";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });

/** The search parameters of those names that are text; a number in an address is text too. */
function texts<Name extends string>(search: Record<string, unknown>, ...names: Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === "string" || typeof value === "number") found[name] = String(value);
  }
  return found;
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/query", replace: true });
  },
});

const query = createRoute({
  getParentRoute: () => root,
  path: "/query",
  component: lazyRouteComponent(() => import("../pages/query/QueryPage"), "QueryPage"),
});

const stores = createRoute({
  getParentRoute: () => root,
  path: "/stores",
  component: lazyRouteComponent(() => import("../pages/stores/StoresPage"), "StoresPage"),
});

const newStore = createRoute({
  getParentRoute: () => root,
  path: "/stores/new",
  component: lazyRouteComponent(() => import("../pages/stores/NewStorePage"), "NewStorePage"),
});

const store = createRoute({
  getParentRoute: () => root,
  path: "/stores/$storeId",
  component: lazyRouteComponent(() => import("../pages/stores/StorePage"), "StorePage"),
});

const editStore = createRoute({
  getParentRoute: () => root,
  path: "/stores/$storeId/edit",
  component: lazyRouteComponent(() => import("../pages/stores/EditStorePage"), "EditStorePage"),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: "/imports",
  component: lazyRouteComponent(() => import("../pages/imports/ImportsPage"), "ImportsPage"),
});

const newImport = createRoute({
  getParentRoute: () => root,
  path: "/imports/new",
  validateSearch: (search: Record<string, unknown>): { store?: string } => texts(search, "store"),
  component: lazyRouteComponent(() => import("../pages/imports/NewImportPage"), "NewImportPage"),
});

const newWatch = createRoute({
  getParentRoute: () => root,
  path: "/imports/watch",
  component: lazyRouteComponent(() => import("../pages/watches/NewWatchPage"), "NewWatchPage"),
});

const importOne = createRoute({
  getParentRoute: () => root,
  path: "/imports/$importId",
  component: lazyRouteComponent(() => import("../pages/imports/ImportPage"), "ImportPage"),
});

const samples = createRoute({
  getParentRoute: () => root,
  path: "/samples",
  validateSearch: (search: Record<string, unknown>): SamplesSearch => texts(search, "q", "category", "technique", "sample"),
  component: lazyRouteComponent(() => import("../pages/samples/SamplesPage"), "SamplesPage"),
});

const saved = createRoute({
  getParentRoute: () => root,
  path: "/saved",
  validateSearch: (search: Record<string, unknown>): SavedSearch => ({ ...texts(search, "q", "tag"), ...(search["mine"] === true && { mine: true }) }),
  component: lazyRouteComponent(() => import("../pages/saved/SavedPage"), "SavedPage"),
});

const openSaved = createRoute({
  getParentRoute: () => root,
  path: "/saved/$savedQueryId",
  validateSearch: openSavedSearch,
  component: lazyRouteComponent(() => import("../pages/saved/OpenSavedPage"), "OpenSavedPage"),
});

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  validateSearch: (search: Record<string, unknown>): HistorySearch => ({ ...texts(search, "q", "status", "store"), ...(search["mine"] === true && { mine: true }), ...(search["own"] === true && { own: true }) }),
  component: lazyRouteComponent(() => import("../pages/saved/HistoryPage"), "HistoryPage"),
});

const openPast = createRoute({
  getParentRoute: () => root,
  path: "/history/$queryId",
  component: lazyRouteComponent(() => import("../pages/saved/OpenPastPage"), "OpenPastPage"),
});

const overview = createRoute({
  getParentRoute: () => root,
  path: "/overview",
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import("../pages/overview/OverviewPage"), "OverviewPage"),
});

const event = createRoute({
  getParentRoute: () => root,
  path: "/events/$store/$eventId",
  component: lazyRouteComponent(() => import("../pages/events/EventPage"), "EventPage"),
});

// Every page is a route here and loads its code when it is first opened.
const routes = root.addChildren([home, overview, query, event, stores, newStore, store, editStore, imports, newImport, newWatch, importOne, samples, saved, openSaved, history, openPast]);

export const router = createRouter({
  routeTree: routes,
  defaultPreload: "intent",
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** The path of a page that needs nothing else in its address. */
export type RoutePath = "/overview" | "/query" | "/stores" | "/imports" | "/samples" | "/saved" | "/history";
