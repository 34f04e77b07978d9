import { useSyncExternalStore } from "react";
import { forgetDocument } from "./Editor";
import type { TimeRange } from "./range";

/** A tab of the query page: a statement, what it is run with, and the last run. */
export type Tab = {
  id: string;
  /** Given by the user; empty: the statement's own words name the tab. */
  name: string;
  sql: string;
  /** Values for the statement's "?" in order. */
  parameters: string[];
  /** The time it is run for; null: what the statement itself says. */
  range: TimeRange | null;
  /** Id of the last query run from here; its result is shown. */
  queryId: string | null;
  /** What was run then, before parameters and range were put in. */
  ran: string;
  /** The saved query it was opened from, by its version and the link's parameters; empty: none. */
  link: string;
};

type Tabs = { tabs: Tab[]; current: string };

const key = "traillake.tabs";

function newTab(sql = ""): Tab {
  return { id: crypto.randomUUID(), name: "", sql, parameters: [], range: null, queryId: null, ran: "", link: "" };
}

function fresh(): Tabs {
  const tab = newTab();
  return { tabs: [tab], current: tab.id };
}

function isTab(x: unknown): x is Tab {
  const tab = x as Partial<Tab> | null;
  return typeof tab?.id === "string" && typeof tab.sql === "string" && typeof tab.name === "string" && Array.isArray(tab.parameters);
}

function read(): Tabs {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "") as Partial<Tabs>;
    const tabs = (kept.tabs ?? []).filter(isTab).map((tab) => ({ ...newTab(), ...tab }));
    const first = tabs[0];
    if (first) return { tabs, current: tabs.some((t) => t.id === kept.current) ? kept.current! : first.id };
  } catch {
    // Nothing kept, or not by this version.
  }
  return fresh();
}

let state = read();
const listeners = new Set<() => void>();

function set(next: Tabs) {
  state = next;
  localStorage.setItem(key, JSON.stringify(state));
  for (const listener of listeners) listener();
}

// Another window of the console has changed them.
window.addEventListener("storage", (event) => {
  if (event.key !== key) return;
  state = read();
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The tabs, kept in this browser across reloads. */
export function useTabs(): Tabs {
  return useSyncExternalStore(subscribe, () => state);
}

/** Opens a tab and shows it; what a tab shows already, by its link or its query, is shown there. */
export function openTab(sql = "", more: Partial<Tab> = {}) {
  const there = state.tabs.find((t) => (more.link ? t.link === more.link : more.queryId && t.queryId === more.queryId));
  if (there) {
    showTab(there.id);
    return there.id;
  }
  const tab = { ...newTab(sql), ran: more.queryId ? sql : "", ...more };
  // It takes the place of a tab in which nothing has been written yet.
  const kept = sql ? state.tabs.filter((t) => t.id !== state.current || t.sql || t.name || t.queryId) : state.tabs;
  set({ tabs: [...kept, tab], current: tab.id });
  return tab.id;
}

export function showTab(id: string) {
  if (id !== state.current) set({ ...state, current: id });
}

/** Shows the tab so many places to the right of the current one, around the end. */
export function stepTab(by: number) {
  const at = state.tabs.findIndex((t) => t.id === state.current);
  showTab(state.tabs[(at + by + state.tabs.length) % state.tabs.length]!.id);
}

export function changeTab(id: string, change: Partial<Tab>) {
  set({ ...state, tabs: state.tabs.map((t) => (t.id === id ? { ...t, ...change } : t)) });
}

/** Closes a tab; there is always one. */
export function closeTab(id: string) {
  forgetDocument(id);
  const at = state.tabs.findIndex((t) => t.id === id);
  const tabs = state.tabs.filter((t) => t.id !== id);
  if (tabs.length === 0) return set(fresh());
  const current = state.current === id ? tabs[Math.min(at, tabs.length - 1)]!.id : state.current;
  set({ tabs, current });
}

/** What a tab is called: its name, or the beginning of its statement. */
export function tabTitle(tab: Tab, untitled: string): string {
  if (tab.name) return tab.name;
  const words = tab.sql.replace(/--.*$/gm, "").replace(/\s+/g, " ").trim();
  const from = /\bfrom\s+("[^"]+"|[\w$.-]+)/i.exec(words)?.[1];
  const title = words.length > 28 && from ? `${words.slice(0, 18).trim()}… ${from.slice(0, 12)}` : words;
  return title.slice(0, 34) || untitled;
}
