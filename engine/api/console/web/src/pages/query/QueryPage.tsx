import { Button, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconPlayerPlayFilled } from "@tabler/icons-react";
import { useCallback, useRef, useState } from "react";
import { isMac, useKey } from "../../app/keys";
import { useTitle } from "../../parts/Page";
import { useT } from "../../texts";
import { Editor, type EditorHandle } from "./Editor";
import classes from "./query.module.css";
import { Result } from "./Result";
import { Splitter } from "./Splitter";
import { TabBar } from "./TabBar";
import { changeTab, useTabs, type Tab } from "./tabs";
import { isRunning, useDescribed, useRun } from "./useRun";

const extensions: never[] = [];

/** The query page: tabs of statements, each with its editor and its result. */
export function QueryPage() {
  const t = useT();
  useTitle(t("query.title"));
  const { tabs, current } = useTabs();
  const tab = tabs.find((x) => x.id === current)!;
  return (
    <div className={classes["page"]}>
      <h1 className="visually-hidden">{t("query.title")}</h1>
      <TabBar />
      <QueryTab key={tab.id} tab={tab} />
    </div>
  );
}

function QueryTab({ tab }: { tab: Tab }) {
  const t = useT();
  const editor = useRef<EditorHandle>(null);
  const { start, cancel } = useRun();
  const described = useDescribed(tab.queryId);
  const [failure, setFailure] = useState<unknown>(null);
  const [share, setShare] = useLocalStorage({ key: "traillake.editorShare", defaultValue: 38, getInitialValueInEffect: false });
  const running = isRunning(described.data?.queryStatus);

  const run = useCallback(async () => {
    const selected = editor.current?.selection() ?? "";
    const queryStatement = selected.trim() ? selected : tab.sql;
    if (!queryStatement.trim() || start.isPending) return;
    setFailure(null);
    try {
      const { queryId } = await start.mutateAsync({ queryStatement });
      changeTab(tab.id, { queryId });
    } catch (error) {
      changeTab(tab.id, { queryId: null });
      setFailure(error);
    }
  }, [tab.id, tab.sql, start]);

  const onChange = useCallback((sql: string) => { changeTab(tab.id, { sql }); }, [tab.id]);
  const onCancel = useCallback(() => { if (tab.queryId) cancel.mutate(tab.queryId); }, [cancel, tab.queryId]);

  useKey({ keys: "mod+Enter", text: "query.keys.run", group: "keys.page" }, () => void run());
  useKey({ keys: "e", text: "query.keys.focus", group: "keys.page" }, () => editor.current?.focus());

  return (
    <div id="query-tab" role="tabpanel" aria-labelledby={`tab-${tab.id}`} className={classes["work"]} style={{ "--editor-height": `${share}%` } as React.CSSProperties}>
      <div className={classes["editorPane"]}>
        <Editor ref={editor} id={tab.id} text={tab.sql} onChange={onChange} label={t("query.editor")} hint={t("query.hint")} extensions={extensions} />
        <div className={classes["bar"]}>
          <Button leftSection={<IconPlayerPlayFilled size={13} />} rightSection={<span className={classes["chord"]} aria-hidden>{isMac ? "⌘⏎" : "Ctrl ⏎"}</span>} onClick={() => void run()} loading={start.isPending} disabled={!tab.sql.trim()} aria-keyshortcuts={isMac ? "Meta+Enter" : "Control+Enter"}>
            {t("query.run")}
          </Button>
          {running && <Text size="xs" c="dimmed">{t("query.state.RUNNING")}</Text>}
        </div>
      </div>
      <Splitter share={share} onChange={setShare} label={t("query.split")} />
      {failure ? (
        <pre className={classes["failure"]} role="alert">{failure instanceof Error ? failure.message : String(failure)}</pre>
      ) : (
        <Result queryId={tab.queryId} onCancel={onCancel} cancelling={cancel.isPending} />
      )}
    </div>
  );
}
