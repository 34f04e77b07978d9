import type { Outcome, Told } from "../../pages/events/tell/tell";
import { filled, type Speaker } from "../speaker";
import { deeds } from "./deeds";

// イベント名の先頭の語。ここにないものは「実行」。
const verbs: Record<string, string> = {
  Accept: "承認", Add: "追加", Allocate: "割り当て", Apply: "適用", Associate: "関連付け", Attach: "アタッチ", Cancel: "キャンセル", Change: "変更",
  Check: "確認", Copy: "コピー", Create: "作成", Deactivate: "無効化", Delete: "削除", Deregister: "登録解除", Describe: "参照", Detach: "デタッチ", Disable: "無効化",
  Disassociate: "関連付け解除", Enable: "有効化", Export: "エクスポート", Get: "取得", Head: "参照", Import: "インポート", Invoke: "呼び出し", List: "一覧表示", Lookup: "検索",
  Modify: "変更", Publish: "発行", Put: "書き込み", Query: "クエリ", Reboot: "再起動", Register: "登録", Reject: "拒否", Release: "解放", Remove: "削除", Replace: "置換",
  Reset: "リセット", Restore: "復元", Revoke: "取り消し", Rotate: "ローテーション", Run: "起動", Scan: "スキャン", Search: "検索", Send: "送信", Set: "設定", Share: "共有",
  Simulate: "シミュレート", Start: "開始", Stop: "停止", Submit: "送信", Subscribe: "購読", Tag: "タグ付け", Terminate: "終了", Unsubscribe: "購読解除", Untag: "タグ削除",
  Update: "更新", Upload: "アップロード", Verify: "検証",
};

function targets(told: Told): string {
  const [first = "", ...others] = told.targets.names;
  return others.length === 0 ? first : `${first} ほか ${others.length} 件`;
}

function doing(told: Told): string {
  if (told.deed) return filled(deeds[told.deed.name], told.deed.values);
  const verb = verbs[told.verb];
  const target = targets(told);
  if (!verb || told.nouns.length === 0) return target ? `${target} に対して ${told.action} を実行` : `${told.action} を実行`;
  const noun = told.nouns.join(" ");
  if (!target) return `${noun} を${verb}`;
  return told.targets.related ? `${target} について ${noun} を${verb}` : `${noun} ${target} を${verb}`;
}

function who(told: Told): string {
  const { kind, name, by, account } = told.who;
  const foreign = account && kind !== "root" && kind !== "account" ? `アカウント ${account} の` : "";
  switch (kind) {
    case "root":
      return account ? `アカウント ${account} のルートユーザー` : "ルートユーザー";
    case "user":
      return `${foreign}ユーザー ${name} `;
    case "session":
      return name ? `${foreign}ロール ${by} のセッション ${name} ` : `${foreign}ロール ${by} `;
    case "instance":
      return `${foreign}ロール ${by} を持つインスタンス ${name} `;
    case "person":
      return `${foreign}許可セット ${by} の ${name} `;
    case "function":
      return `${foreign}サービスロール ${name} を持つ AWS `;
    case "federated":
      return `${foreign}${by && `ユーザー ${by} による`}フェデレーションユーザー ${name} `;
    case "provider":
      return `${by && `${by} の`}${name ? ` ${name} ` : "利用者"}`.trimStart();
    case "identityCenter":
      return `Identity Center のユーザー ${name} `;
    case "account":
      return name ? `アカウント ${account} の ${name} ` : account ? `アカウント ${account} の利用者` : "別のアカウントの利用者";
    case "service":
      return `AWS サービス ${name} `;
    case "unknown":
      return name ? `${name} ` : "不明な利用者";
  }
}

function from(told: Told): string {
  const parts = [];
  if (told.region) parts.push(`${told.region} で`);
  if (told.address) parts.push(`${told.address} から`);
  if (told.vpcEndpoint) parts.push(`VPC エンドポイント ${told.vpcEndpoint} を経由して`);
  if (told.client) parts.push(told.client.kind === "console" ? "コンソールで" : told.client.kind === "browser" ? "ブラウザで" : `${told.client.name} で`);
  const text = parts.map((p) => `${p}、`).join("");
  return /^\w/.test(text) ? ` ${text}` : text;
}

// サ変でない語の意志形。
const volitional: Record<string, string> = {
  引き受け: "引き受けよう", 切り替え: "切り替えよう", 割り当て: "割り当てよう", 呼び出し: "呼び出そう", 書き込み: "書き込もう", 取り消し: "取り消そう",
};

/** "停止" を "停止しました" や "停止しようとしました" にする。 */
function conjugated(stem: string, done: boolean): string {
  const found = Object.keys(volitional).find((v) => stem.endsWith(v));
  if (found) return done ? `${stem}ました` : `${stem.slice(0, -found.length)}${volitional[found]!}としました`;
  return done ? `${stem}しました` : `${stem}しようとしました`;
}

function outcome(o: Outcome): string {
  if (o.kind === "done") return "";
  const why = [o.code, o.message].filter(Boolean).join(": ");
  return `が、${o.kind === "denied" ? "拒否されました" : "失敗しました"}${why && ` (${why})`}`;
}

function call(told: Told): string {
  const through = told.through ? `${told.through} を通じて、` : "";
  const did = conjugated(doing(told), told.outcome.kind === "done");
  return `${who(told)}が${from(told)}${through}${did}${outcome(told.outcome)} (${told.service} の ${told.action})。`;
}

function signIn(told: Told): string {
  const mfa = told.mfa === null ? "" : told.mfa ? "MFA ありで" : "MFA なしで";
  const place = from({ ...told, region: "" });
  if (told.outcome.kind === "done") return `${who(told)}が${place}${mfa}コンソールにサインインしました。`;
  const why = [told.outcome.code === "Failed" ? "" : told.outcome.code, told.outcome.message].filter(Boolean).join(": ");
  return `${who(told)}が${place}${mfa}コンソールへのサインインに失敗しました${why && ` (${why})`}。`;
}

function service(told: Told): string {
  const target = targets(told);
  const end = told.outcome.kind === "done" ? "記録しました" : `記録しました。結果は${told.outcome.kind === "denied" ? "拒否" : "失敗"}でした (${[told.outcome.code, told.outcome.message].filter(Boolean).join(": ")})`;
  return `${told.service} 自身が${told.region && ` ${told.region} で`}${target && ` ${target} について`} ${told.action} を${end}。`;
}

function insight(told: Told): string {
  const i = told.insight!;
  const what = i.type === "ApiErrorRateInsight" ? `${told.action} に対する${i.code ? ` ${i.code} ` : "エラー"}応答` : `${told.action} の呼び出し`;
  const phase = i.state === "Start" ? "の始まり" : i.state === "End" ? "の終わり" : "";
  const usual = i.usual && i.seen ? ` (毎分 ${i.seen} 回、通常は ${i.usual} 回${i.minutes && `、${i.minutes} 分間`})` : "";
  return `CloudTrail Insights が${told.region && ` ${told.region} の`} ${told.service} で、${what}の異常な頻度${phase}を検出しました${usual}。`;
}

/** だれが、どこから、何を、何に対して行い、どうなったかを一文で言う。 */
export const sentence: Speaker = (told) => {
  switch (told.kind) {
    case "call":
      return call(told);
    case "signIn":
      return signIn(told);
    case "service":
      return service(told);
    case "insight":
      return insight(told);
    case "nothing":
      return "何が行われたかが書かれていない記録です。";
  }
};
