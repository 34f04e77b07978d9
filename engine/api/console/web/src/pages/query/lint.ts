import { linter, type Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import { api, data, type Schema } from "../../api/client";

export type Validation = Schema<"ValidateQueryResponse">;

/**
 * Underlines what the server finds wrong, while the statement is typed. heard gets
 * each answer, for what else it says: null when there is no statement.
 */
export function lintOf(heard: (validation: Validation | null) => void) {
  return linter(
    async (view): Promise<readonly Diagnostic[]> => {
      const doc = view.state.doc;
      const queryStatement = doc.toString();
      if (!queryStatement.trim()) {
        heard(null);
        return [];
      }
      let validation: Validation;
      try {
        validation = await api.POST("/api/v1/queries:validate", { body: { queryStatement } }).then(data);
      } catch {
        return []; // running says it again, and louder
      }
      if (view.state.doc === doc) heard(validation);
      return validation.errors.map((e) => diagnosticOf(doc, e));
    },
    { delay: 300 },
  );
}

function diagnosticOf(doc: Text, error: Schema<"StatementError">): Diagnostic {
  const from = offsetOf(doc, error.line, error.column);
  let to = Math.max(from, offsetOf(doc, error.endLine, error.endColumn));
  // At the statement's end there is nothing to underline but what is before it.
  const start = to === from ? Math.max(0, doc.toString().slice(0, from).trimEnd().length - 1) : from;
  if (to === from) to = Math.max(start + 1, from);
  return { from: Math.min(start, doc.length), to: Math.min(to, doc.length), severity: "error", message: error.message, source: error.code };
}

/** A place counted from 1, columns in code points, as an offset into the document. */
export function offsetOf(doc: Text, line: number, column: number): number {
  if (line < 1) return 0;
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(line);
  let offset = 0;
  for (let i = 1; i < column && offset < text.length; i++) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return from + offset;
}
