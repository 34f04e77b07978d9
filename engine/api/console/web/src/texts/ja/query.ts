import type { Like } from "../like";
import type { query as en } from "../en/query";

export const query: Like<typeof en> = {
  title: "クエリ",
  untitled: "新しいクエリ",
  editor: "SQL 文",
  split: "エディターの高さ",
  hint: "SELECT eventtime, eventname, useridentity.arn FROM … WHERE eventtime > …",
  run: "実行",
  runSelection: "選択部分を実行",
  starting: "開始中…",
  cancel: "キャンセル",
  cancelling: "キャンセル中…",
  tabs: {
    label: "クエリ一覧",
    open: "新しいタブ",
    close: "タブを閉じる",
    closeNamed: "{{name}} を閉じる",
    next: "次のタブ",
    previous: "前のタブ",
  },
  state: {
    QUEUED: "待機中",
    RUNNING: "実行中",
    FINISHED: "完了",
    FAILED: "失敗",
    CANCELLED: "キャンセル済み",
    TIMED_OUT: "時間切れ",
    scanned: "{{events}} イベント、{{bytes}} をスキャン",
    took: "{{time}}",
    rows_other: "{{count, number}} 行",
  },
  result: {
    label: "結果",
    number: "行",
    empty: "該当する行はありません",
    emptyHelp: "{{events}} イベントを調べましたが、条件に合う行はありませんでした。期間を広げるか、条件を緩めてください。",
    none: "まだクエリを実行していません",
    noneHelp: "SQL 文を書き、{{keys}} で実行します。",
    cancelled: "クエリはキャンセルされました",
    cancelledHelp: "途中までの結果は破棄されました。",
    failed: "クエリは失敗しました",
  },
  cell: {
    title: "{{row}} 行目の {{column}}",
    formatted: "整形",
    raw: "そのまま",
  },
  keys: {
    run: "SQL 文または選択部分を実行",
    focus: "エディターへ移動",
  },
};
