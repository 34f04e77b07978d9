import { Button, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlayFilled, IconWand } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState, type CSSProperties } from "react";
import type { Schema } from "../../api/client";
import { editQuery } from "../../api/editQuery";
import { savedLink } from "../../api/saved";
import { isMac, useKey } from "../../app/keys";
import { useTitle } from "../../parts/Page";
import { SaveButton } from "../saved/SaveButton";
import { useT } from "../../texts";
import { completionOf } from "./completion";
import { Editor, type EditorHandle } from "./Editor";
import { Estimate } from "./Estimate";
import { Failure } from "./Failure";
import { lakeOf } from "./lake";
import { lintOf, type Validation } from "./lint";
import { literalOf, marksOf } from "./parameters";
import { Parameters } from "./ParameterFields";
import classes from "./query.module.css";
import { Problem } from "./Problem";
import { inRange } from "./inRange";
import { RangePicker } from "./RangePicker";
import { Result } from "./Result";
import { Splitter } from "./Splitter";
import { TabBar } from "./TabBar";
import { changeTab, useTabs, type Tab } from "./tabs";
import { useEstimate } from "./useEstimate";
import { isRunning, useDescribed, useRun } from "./useRun";

const none: string[] = [];

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
  const cache = useQueryClient();
  const editor = useRef<EditorHandle>(null);
  const { start, cancel } = useRun();
  const described = useDescribed(tab.queryId);
  const [failure, setFailure] = useState<{ message: string; statement: string } | null>(null);
  const [validation, setValidation] = useState<Validation | null>(null);
  const [share, setShare] = useLocalStorage({ key: "traillake.editorShare", defaultValue: 38, getInitialValueInEffect: false });
  const [selected, setSelected] = useState(false);
  const problem = validation?.errors[0];
  const running = isRunning(described.data?.queryStatus);

  const count = validation?.parameterCount ?? tab.parameters.length;
  // A "?" inside quotes may be meant as one: without values they stay.
  const asTheyAre = validation?.quotedParameterCount === count && !tab.parameters.some((p) => p !== "");
  const given = useMemo(
    () => (asTheyAre ? none : marksOf(tab.sql).slice(0, count).map((m, i) => literalOf(tab.parameters[i] ?? "", m.quoted))),
    [asTheyAre, count, tab.sql, tab.parameters],
  );
  const filled = asTheyAre || tab.parameters.slice(0, count).filter((p) => p !== "").length === count;
  const estimate = useEstimate(tab.sql, given, tab.range, validation !== null && validation.errors.length === 0 && filled);

  const extensions = useMemo(() => ({ complete: completionOf(lakeOf(cache)), lint: lintOf(setValidation) }), [cache]);

  const run = useCallback(async () => {
    const selection = editor.current?.selection();
    const ran = selection?.text ?? tab.sql;
    if (!ran.trim() || start.isPending) return;
    setFailure(null);
    try {
      // A selection has only some of the statement's "?".
      const skipped = selection ? marksOf(selection.before).length : 0;
      const queryParameters = selection ? given.slice(skipped, skipped + marksOf(selection.text).length) : given;
      const { queryId } = await start.mutateAsync({ queryStatement: await inRange(ran, tab.range), queryParameters });
      changeTab(tab.id, { queryId, ran });
    } catch (error) {
      changeTab(tab.id, { queryId: null });
      setFailure({ message: error instanceof Error ? error.message : String(error), statement: ran });
    }
  }, [tab.id, tab.sql, tab.range, given, start]);

  // A filter or an order changes the statement whose result it was picked in, and
  // runs what comes of it.
  const edit = useCallback(
    async (change: Schema<"QueryEdit">) => {
      try {
        // Parameters stay, unless only a part of the statement was run.
        const whole = tab.ran === tab.sql || !described.data;
        const edited = await editQuery(whole ? tab.sql : described.data.queryString, [change]);
        const { queryId } = await start.mutateAsync({ queryStatement: await inRange(edited, tab.range), queryParameters: whole ? given : [] });
        editor.current?.replace(edited);
        changeTab(tab.id, { queryId, ran: edited });
        setFailure(null);
      } catch (error) {
        notifications.show({ color: "red", title: t("query.editFailed"), message: error instanceof Error ? error.message : String(error) });
      }
    },
    [tab, described.data, given, start, t],
  );

  const format = useCallback(async () => {
    try {
      const { formatDialect, trino } = await import("sql-formatter");
      // What is there now: the user may have written on while the formatter came.
      const handle = editor.current;
      handle?.replace(formatDialect(handle.text(), { dialect: trino, keywordCase: "upper", tabWidth: 2, indentStyle: "tabularLeft", expressionWidth: 90, linesBetweenQueries: 1 }));
    } catch (error) {
      notifications.show({ color: "red", title: t("query.formatFailed"), message: error instanceof Error ? error.message.split("\n")[0] : String(error) });
    }
  }, [t]);

  const onChange = useCallback((sql: string) => { changeTab(tab.id, { sql }); }, [tab.id]);
  const onCancel = useCallback(() => { if (tab.queryId) cancel.mutate(tab.queryId); }, [cancel, tab.queryId]);

  useKey({ keys: "mod+Enter", text: "query.keys.run", group: "keys.page" }, () => void run());
  useKey({ keys: "mod+shift+f", text: "query.keys.format", group: "keys.page" }, () => void format());
  useKey({ keys: "mod+.", text: "query.keys.cancel", group: "keys.page" }, onCancel, running);
  useKey({ keys: "e", text: "query.keys.focus", group: "keys.page" }, () => editor.current?.focus());

  return (
    <div id="query-tab" role="tabpanel" aria-labelledby={`tab-${tab.id}`} className={classes["work"]} style={{ "--editor-height": `${share}%` } as CSSProperties}>
      <div className={classes["editorPane"]}>
        <Editor
          ref={editor}
          id={tab.id}
          text={tab.sql}
          onChange={onChange}
          onSelect={setSelected}
          label={t("query.editor")}
          hint={t("query.hint")}
          complete={extensions.complete}
          extensions={extensions.lint}
        />
        <div className={classes["bar"]}>
          <Button
            leftSection={<IconPlayerPlayFilled size={13} />}
            rightSection={<span className={classes["chord"]} aria-hidden>{isMac ? "⌘⏎" : "Ctrl ⏎"}</span>}
            onClick={() => void run()}
            loading={start.isPending}
            disabled={!tab.sql.trim()}
            aria-keyshortcuts={isMac ? "Meta+Enter" : "Control+Enter"}
          >
            {selected ? t("query.runSelection") : t("query.run")}
          </Button>
          <Tooltip label={t("query.keys.format")}>
            <Button variant="default" leftSection={<IconWand size={14} />} onClick={() => void format()} disabled={!tab.sql.trim()}>{t("query.format")}</Button>
          </Tooltip>
          <SaveButton sql={tab.sql} name={tab.name} values={tab.parameters} range={tab.range} onSaved={(query) => { changeTab(tab.id, { name: query.name, link: savedLink(query) }); }} />
          <RangePicker range={tab.range} onChange={(range) => { changeTab(tab.id, { range }); }} />
          <Parameters count={count} values={tab.parameters} onChange={(values) => { changeTab(tab.id, { parameters: values }); }} />
          <span className={classes["grow"]} />
          {problem && <Problem error={problem} onOpen={() => editor.current?.goTo(problem.line, problem.column)} />}
          {estimate.data && validation?.errors.length === 0 && <Estimate estimate={estimate.data} />}
        </div>
      </div>
      <Splitter share={share} onChange={setShare} label={t("query.split")} />
      {failure ? <Failure {...failure} /> : <Result queryId={tab.queryId} onEdit={edit} onCancel={onCancel} cancelling={cancel.isPending} />}
    </div>
  );
}
