import { Anchor, Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBookmarkPlus } from "@tabler/icons-react";
import { useState } from "react";
import type { SavedQuery } from "../../api/saved";
import { useKey } from "../../app/keys";
import { useT } from "../../texts";
import { marksOf } from "../query/parameters";
import type { TimeRange } from "../query/range";
import { SaveDialog, type Savable } from "./SaveDialog";

type Props = { sql: string; name: string; values: string[]; range: TimeRange | null; onSaved: (query: SavedQuery) => void };

/** Saves the statement of a tab with its time range, its parameters' values as their defaults; then tells its link. */
export function SaveButton({ sql, name, values, range, onSaved }: Props) {
  const t = useT();
  const [what, setWhat] = useState<Savable | null>(null);
  const empty = !sql.trim();
  const ask = () => {
    const parameters = marksOf(sql).map((mark, i) => {
      const value = values[i] ?? "";
      return { name: `p${i + 1}`, type: !mark.quoted && /^-?\d+(\.\d+)?$/.test(value) ? "NUMBER" : "STRING", description: "", ...(value && { defaultValue: value }) };
    });
    setWhat({ queryStatement: sql, name, parameters, ...(range && { timeRange: range }) });
  };
  useKey({ keys: "mod+s", text: "saved.save", group: "keys.page" }, ask, !empty);
  return (
    <>
      <Button variant="default" leftSection={<IconBookmarkPlus size={14} />} onClick={ask} disabled={empty}>{t("saved.saveButton")}</Button>
      <SaveDialog
        what={what}
        onClose={() => { setWhat(null); }}
        onSaved={(query) => {
          onSaved(query);
          const link = `/saved/${query.savedQueryId}`;
          // Notifications stand outside of the router: the link is the browser's.
          notifications.show({ title: t("saved.savedAs", { name: query.name }), message: <Anchor href={link}>{window.location.origin + link}</Anchor>, autoClose: 15_000 });
        }}
      />
    </>
  );
}
