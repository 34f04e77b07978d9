import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { TextKey } from "../texts";

/** A key, chord or sequence that does something, for as long as its component is there. */
export type Key = {
  /** "?", "mod+Enter" (Ctrl, or Command on a Mac), "mod+shift+f", "g q" (one after the other). */
  keys: string;
  /** What it does, for the list of keys. */
  text: TextKey;
  /** Under which heading it is listed. */
  group: TextKey;
  /** Also while the focus is in a field of text; chords with mod always are. */
  inFields?: boolean;
};

type Entry = Key & { run: () => void };
type Value = { register: (entry: Entry) => () => void; entries: Entry[]; listing: boolean; setListing: (on: boolean) => void };

const Context = createContext<Value | null>(null);

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const sequenceTimeout = 1200; // milliseconds between the keys of a sequence

function chordOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const parts = [];
  if (mod) parts.push("mod");
  if (event.altKey) parts.push("alt");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Shift is in the character already ("?"), but not in a letter or a named key.
  if (event.shiftKey && (event.key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Listens for the keys that components have registered with useKey. */
export function KeyProvider({ children }: { children: ReactNode }) {
  const [entries, setEntries] = useState<Entry[]>([]);
  const [listing, setListing] = useState(false);
  const now = useRef(entries);
  useEffect(() => {
    now.current = entries;
  }, [entries]);

  const register = useCallback((entry: Entry) => {
    setEntries((all) => [...all, entry]);
    return () => {
      setEntries((all) => all.filter((e) => e !== entry));
    };
  }, []);

  useEffect(() => {
    let prefix = "";
    let last = 0;
    const listen = (event: KeyboardEvent) => {
      // A chord with mod is the page's before any field or list sees it; another
      // key is the page's only when nothing else has taken it.
      if ((isMac ? event.metaKey : event.ctrlKey) !== (event.eventPhase === Event.CAPTURING_PHASE)) return;
      if (event.defaultPrevented || event.isComposing || ["Control", "Meta", "Shift", "Alt"].includes(event.key)) return;
      const chord = chordOf(event);
      const typing = inField(event.target);
      if (event.timeStamp - last > sequenceTimeout) prefix = "";
      last = event.timeStamp;
      const tried = prefix ? [`${prefix} ${chord}`, chord] : [chord];
      prefix = "";
      for (const keys of tried) {
        // The newest first: what lies on top of a page takes a key from what is below.
        const hit = now.current.findLast((e) => e.keys.toLowerCase() === keys.toLowerCase() && (!typing || e.inFields || keys.startsWith("mod+")));
        if (hit) {
          event.preventDefault();
          event.stopPropagation();
          hit.run();
          return;
        }
      }
      if (!typing && now.current.some((e) => e.keys.startsWith(`${chord} `))) prefix = chord;
    };
    document.addEventListener("keydown", listen, true);
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen, true);
      document.removeEventListener("keydown", listen);
    };
  }, []);

  const value = useMemo(() => ({ register, entries, listing, setListing }), [register, entries, listing]);
  return <Context value={value}>{children}</Context>;
}

export function useKeys(): Value {
  const value = use(Context);
  if (!value) throw new Error("useKeys outside of KeyProvider");
  return value;
}

/** Does something at a key while the component is there, and lists it under "?". */
export function useKey({ keys, text, group, inFields = false }: Key, run: () => void, enabled = true) {
  const { register } = useKeys();
  const newest = useRef(run);
  useEffect(() => {
    newest.current = run;
  });
  useEffect(() => {
    if (!enabled) return;
    return register({ keys, text, group, inFields, run: () => { newest.current(); } });
  }, [register, keys, text, group, inFields, enabled]);
}
