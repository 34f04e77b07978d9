import type { Outcome, Told } from "../../pages/events/tell/tell";
import { filled, type Speaker } from "../speaker";
import { deeds } from "./deeds";

// What the first word of an event's name is in a sentence. Others are "call".
const verbs: Record<string, string> = {
  Accept: "accept", Add: "add", Allocate: "allocate", Apply: "apply", Associate: "associate", Attach: "attach", Batch: "", Cancel: "cancel", Change: "change",
  Check: "check", Copy: "copy", Create: "create", Deactivate: "deactivate", Delete: "delete", Deregister: "deregister", Describe: "describe",
  Detach: "detach", Disable: "disable", Disassociate: "disassociate", Enable: "enable", Export: "export", Get: "read", Head: "look at", Import: "import",
  Invoke: "invoke", List: "list", Lookup: "look up", Modify: "modify", Publish: "publish", Put: "write", Query: "query", Reboot: "reboot",
  Register: "register", Reject: "reject", Release: "release", Remove: "remove", Replace: "replace", Reset: "reset", Restore: "restore", Revoke: "revoke",
  Rotate: "rotate", Run: "run", Scan: "scan", Search: "search", Send: "send", Set: "set", Share: "share", Simulate: "simulate", Start: "start", Stop: "stop",
  Submit: "submit", Subscribe: "subscribe", Tag: "tag", Terminate: "terminate", Unsubscribe: "unsubscribe", Untag: "untag", Update: "update", Upload: "upload", Verify: "verify",
};

const irregular: Record<string, string> = {
  give: "gave", put: "put", read: "read", run: "ran", send: "sent", set: "set", take: "took", write: "wrote", stop: "stopped", submit: "submitted", tag: "tagged",
  untag: "untagged", scan: "scanned", reset: "reset", copy: "copied", apply: "applied", modify: "modified", query: "queried", verify: "verified",
};

function pastTense(base: string): string {
  const [verb = "", ...rest] = base.split(" ");
  const past = irregular[verb] ?? (verb.endsWith("e") ? `${verb}d` : `${verb}ed`);
  return [past, ...rest].join(" ");
}

function nounOf(told: Told): string {
  return told.nouns.map((w) => (/^[A-Z]{2,}$/.test(w) ? w : w.toLowerCase())).join(" ");
}

function withArticle(noun: string): string {
  if (/[^s]s$/.test(noun)) return noun;
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}

function targets(told: Told): string {
  const [first = "", ...others] = told.targets.names;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** "delete trail org-trail": what was done, as after "to". */
function doing(told: Told): string {
  if (told.deed) return filled(deeds[told.deed.name], told.deed.values);
  const verb = verbs[told.verb];
  const target = targets(told);
  if (!verb || told.nouns.length === 0) return target ? `call ${told.action} on ${target}` : `call ${told.action}`;
  const noun = nounOf(told);
  if (!target) return `${verb} ${withArticle(noun)}`;
  return told.targets.related ? `${verb} ${withArticle(noun)} for ${target}` : `${verb} ${noun} ${target}`;
}

function who(told: Told): string {
  const { kind, name, by, account } = told.who;
  const foreign = account && kind !== "root" && kind !== "account" ? ` of account ${account}` : "";
  switch (kind) {
    case "root":
      return account ? `The root user of account ${account}` : "The root user";
    case "user":
      return `User ${name}${foreign}`;
    case "session":
      return `${name ? `Session ${name} of role ${by}` : `Role ${by}`}${foreign && ` in account ${account}`}`;
    case "instance":
      return `Instance ${name} with role ${by}${foreign && ` in account ${account}`}`;
    case "person":
      return `${name} with permission set ${by}${foreign && ` in account ${account}`}`;
    case "function":
      return `AWS with service role ${name}${foreign}`;
    case "federated":
      return `Federated user ${name}${by && ` of user ${by}`}${foreign && ` in account ${account}`}`;
    case "provider":
      return `${name || "Somebody"}${by && `, known to ${by},`}`;
    case "identityCenter":
      return `Identity Center user ${name}`;
    case "account":
      return name ? `${name} of account ${account}` : account ? `Somebody in account ${account}` : "Somebody in another account";
    case "service":
      return `AWS service ${name}`;
    case "unknown":
      return name || "Somebody unknown";
  }
}

function from(told: Told): string {
  const parts = [];
  if (told.address) parts.push(`from ${told.address}`);
  if (told.vpcEndpoint) parts.push(`through VPC endpoint ${told.vpcEndpoint}`);
  if (told.client) parts.push(told.client.kind === "console" ? "in the console" : told.client.kind === "browser" ? "with a browser" : `with ${told.client.name.replace(/^AWS/, "the AWS")}`);
  return parts.map((p) => ` ${p}`).join("");
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function outcome(o: Outcome): string {
  if (o.kind === "done") return "";
  const why = [o.code, o.message].filter(Boolean).join(": ");
  const that = o.kind === "denied" ? "access was denied" : "it failed";
  return why ? `; ${that} (${why.replace(/\.$/, "")})` : `; ${that}`;
}

function call(told: Told): string {
  const through = told.through ? `, through ${told.through},` : "";
  const did = told.outcome.kind === "done" ? pastTense(doing(told)) : `tried to ${doing(told)}`;
  const region = told.region ? ` in ${told.region}` : "";
  return ended(`${who(told)}${through} ${did} (${told.action}, ${told.service})${region}${from(told)}${outcome(told.outcome)}`);
}

function signIn(told: Told): string {
  const mfa = told.mfa === null ? "" : told.mfa ? " with MFA" : " without MFA";
  if (told.outcome.kind === "done") return `${who(told)} signed in to the console${mfa}${from(told)}.`;
  const why = [told.outcome.code === "Failed" ? "" : told.outcome.code, told.outcome.message].filter(Boolean).join(": ");
  return ended(`${who(told)} failed to sign in to the console${mfa}${from(told)}${why && ` (${why})`}`);
}

function service(told: Told): string {
  const target = targets(told);
  return ended(`${told.service} itself reported ${told.action}${target && ` for ${target}`}${told.region && ` in ${told.region}`}${outcome(told.outcome)}`);
}

function insight(told: Told): string {
  const i = told.insight!;
  const began = i.state === "Start" ? "the start of " : i.state === "End" ? "the end of " : "";
  const what = i.type === "ApiErrorRateInsight" ? `${i.code || "errors"} answers to ${told.action}` : `${told.action} calls`;
  const usual = i.usual && i.seen ? `: ${i.seen} a minute where ${i.usual} are usual` : "";
  const length = i.minutes ? `, for ${i.minutes} ${i.minutes === "1" ? "minute" : "minutes"}` : "";
  return `CloudTrail Insights saw ${began}an unusual rate of ${what} in ${told.service}${told.region && `, ${told.region}`}${usual}${length}.`;
}

/** Says in one sentence who did what to what, from where, with which outcome. */
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
      return "A record that does not say what was done.";
  }
};
