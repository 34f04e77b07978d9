import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, toggleComment } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { crosshairCursor, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder, rectangularSelection } from "@codemirror/view";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { nonce } from "../../app/nonce";
import { useLanguage } from "../../texts";
import { phrases } from "../../texts/phrases";
import classes from "./editor.module.css";
import { editorTheme } from "./editorTheme";
import { offsetOf } from "./lint";
import { trino } from "./trino";

/** What a page may do with an editor. */
export type EditorHandle = {
  focus: () => void;
  /** The selected text, and what stands before it; null when nothing is selected. */
  selection: () => { text: string; before: string } | null;
  /** All of the text, as it is at this moment. */
  text: () => string;
  /** Replaces everything, as one step that undo takes back. */
  replace: (text: string) => void;
  /** Puts the cursor at a place of the server's: line and column from 1, columns in code points. */
  goTo: (line: number, column: number) => void;
};

type Props = {
  /** A document of its own for every id: history and selection are not shared. */
  id: string;
  text: string;
  onChange: (text: string) => void;
  label: string;
  hint: string;
  /** Told when a text is selected, and when no longer. */
  onSelect: (selected: boolean) => void;
  /** A stable value, as is extensions. */
  complete: CompletionSource;
  extensions: Extension;
  ref: Ref<EditorHandle>;
};

// A listbox cannot be expanded, says ARIA; CodeMirror says that its list is.
const withoutExpanded = EditorView.updateListener.of(({ view }) => {
  view.dom.querySelector(".cm-tooltip-autocomplete [aria-expanded]")?.removeAttribute("aria-expanded");
});

// Documents of the tabs that are not shown, with their undo history.
const states = new Map<string, EditorState>();

/** Forgets what is kept of a document that is gone. */
export function forgetDocument(id: string) {
  states.delete(id);
}

/** The SQL editor. Escape, then Tab leaves it. */
export function Editor({ id, text, onChange, onSelect, label, hint, complete, extensions, ref }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  const language = useLanguage();
  useEffect(() => {
    changed.current = onChange;
  });

  useEffect(() => {
    const kept = states.get(id);
    const state = EditorState.create({
      doc: kept?.doc.toString() === text ? kept.doc : text,
      ...(kept?.doc.toString() === text && { selection: kept.selection }),
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.phrases.of(phrases[language]),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
        lineNumbers(),
        history(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        rectangularSelection(),
        crosshairCursor(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        placeholder(hint),
        EditorView.lineWrapping,
        sql({ dialect: trino, upperCaseKeywords: true }),
        withoutExpanded,
        autocompletion({ override: [complete], icons: false, maxRenderedOptions: 80 }),
        editorTheme,
        extensions,
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          { key: "Mod-/", run: toggleComment },
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed.current(update.state.doc.toString());
          if (update.selectionSet) onSelect(!update.state.selection.main.empty);
        }),
      ],
    });
    const made = new EditorView({ state, parent: frame.current! });
    view.current = made;
    return () => {
      states.set(id, made.state);
      made.destroy();
      view.current = null;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- onSelect is a setter, text is the document's beginning only
  }, [id, complete, extensions, label, hint, language]);

  // A text from outside: another tab's window, an edit by the server.
  useEffect(() => {
    const v = view.current;
    if (v && v.state.doc.toString() !== text) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: text } });
  }, [text]);

  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    selection: () => {
      const state = view.current?.state;
      const range = state?.selection.main;
      const text = state && range ? state.sliceDoc(range.from, range.to) : "";
      return text.trim() ? { text, before: state!.sliceDoc(0, range!.from) } : null;
    },
    text: () => view.current?.state.doc.toString() ?? "",
    replace: (to) => {
      const v = view.current;
      v?.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: to }, annotations: isolateHistory.of("full"), scrollIntoView: true });
    },
    goTo: (line, column) => {
      const v = view.current;
      v?.dispatch({ selection: { anchor: offsetOf(v.state.doc, line, column) }, scrollIntoView: true });
      v?.focus();
    },
  }));

  return <div ref={frame} className={classes["editor"]} />;
}
