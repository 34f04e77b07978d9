import type { Like } from "../like";
import type { samples as en } from "../en/samples";

export const samples: Like<typeof en> = {
  title: "サンプルクエリ",
  purpose_other: "証跡を調べるための {{count, number}} 件の質問",
  runOn: "実行先",
  search: "サンプルクエリを検索",
  searchHint: "誰が削除した、AssumeRole の拒否、請求 …",
  clear: "検索をクリア",
  categories: "カテゴリ",
  all: "すべて",
  technique: "ATT&CK テクニック",
  none: "該当するサンプルはありません",
  noneHelp: "別の言葉で検索するか、すべてのカテゴリを確認してください。",
  noStore: "実行先のイベントデータストアがまだありません。",
  run: "実行",
  runNamed: "実行: {{name}}",
  runOnNamed: "{{store}} で実行",
  edit: "エディタで開く",
  copySql: "SQL をコピー",
};
