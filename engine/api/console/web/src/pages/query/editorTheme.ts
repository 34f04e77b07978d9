import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours come from variables of editor.module.css, so a change of the scheme
// needs no new editor.
const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", color: "var(--mantine-color-text)", backgroundColor: "var(--lake-panel)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--mantine-color-text)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)", borderLeftWidth: "2px" },
  ".cm-gutters": { color: "var(--lake-soft)", backgroundColor: "var(--lake-panel)", border: "0", paddingRight: "4px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--editor-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--editor-selection)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--editor-bracket)", outline: "none" },
  ".cm-placeholder": { color: "var(--lake-soft)" },
  ".cm-tooltip": { color: "var(--mantine-color-text)", backgroundColor: "var(--lake-panel)", border: "1px solid var(--lake-line)", borderRadius: "4px", boxShadow: "var(--mantine-shadow-md)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "12.5px", maxHeight: "18em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "inherit", backgroundColor: "var(--editor-selection)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--lake-soft)", fontStyle: "normal" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { maxWidth: "28rem", fontFamily: "var(--mantine-font-family)", fontSize: "12.5px", padding: "6px 10px" },
  ".cm-diagnostic": { padding: "6px 10px", fontSize: "12.5px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--mantine-color-error)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--mantine-color-error) 1.2px", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".cm-panels": { color: "inherit", backgroundColor: "var(--lake-ground)", borderColor: "var(--lake-line)" },
  ".cm-panel input, .cm-panel button, .cm-panel label": { fontSize: "12px" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--editor-keyword)", fontWeight: "600" },
  { tag: tags.typeName, color: "var(--editor-type)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--editor-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--editor-number)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--lake-soft)", fontStyle: "italic" },
  { tag: tags.special(tags.name), color: "var(--editor-type)" },
]);

export const editorTheme = [look, syntaxHighlighting(colours)];
