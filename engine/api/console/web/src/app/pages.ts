import { IconBookmark, IconChartHistogram, IconDatabase, IconFileImport, IconHelpSquareRounded, IconHistory, IconTerminal2, type Icon } from "@tabler/icons-react";
import type { TextKey } from "../texts";
import type { RoutePath } from "./router";

/** A page in the navigation. */
export type NavigationPage = { path: RoutePath; text: TextKey; icon: Icon; keys: string };

/** The pages in the navigation, in order; their routes are in router.tsx. */
export const navigation: NavigationPage[] = [
  { path: "/overview", text: "nav.overview", icon: IconChartHistogram, keys: "g o" },
  { path: "/query", text: "nav.query", icon: IconTerminal2, keys: "g q" },
  { path: "/samples", text: "nav.samples", icon: IconHelpSquareRounded, keys: "g m" },
  { path: "/saved", text: "nav.saved", icon: IconBookmark, keys: "g v" },
  { path: "/history", text: "nav.history", icon: IconHistory, keys: "g h" },
  { path: "/stores", text: "nav.stores", icon: IconDatabase, keys: "g s" },
  { path: "/imports", text: "nav.imports", icon: IconFileImport, keys: "g i" },
];
