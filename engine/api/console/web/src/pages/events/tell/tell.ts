import { deedOf, type Deed } from "./deeds";
import { at, isObject, textAt, type Json, type JsonObject } from "./record";
import { targetsOf, type Targets } from "./target";
import { whoOf, type Who } from "./who";

export type Outcome = { kind: "done" } | { kind: "denied" | "failed"; code: string; message: string };

/** With what a call was made. */
export type Client = { kind: "console" | "browser" | "tool"; name: string };

/** What a record says, free of any language. Texts that are not there are empty. */
export type Told = {
  kind: "call" | "signIn" | "service" | "insight" | "nothing";
  who: Who;
  /** The service that has called for somebody. */
  through: string;
  action: string;
  service: string;
  deed: Deed | null;
  /** The first word of the action, and the others ("Describe", ["DB", "instances"]). */
  verb: string;
  nouns: string[];
  targets: Targets;
  address: string;
  client: Client | null;
  region: string;
  vpcEndpoint: string;
  /** Of a sign-in. */
  mfa: boolean | null;
  outcome: Outcome;
  insight: Insight | null;
};

export type Insight = { state: "Start" | "End" | ""; type: string; code: string; usual: string; seen: string; minutes: string };

const denied = /AccessDenied|Unauthorized|Forbidden|NotAuthorized|AuthFailure|OptInRequired|InvalidClientTokenId|SignatureDoesNotMatch/i;

function outcomeOf(event: JsonObject): Outcome {
  const code = textAt(event, "errorCode");
  const message = textAt(event, "errorMessage");
  const signIn = textAt(event, "responseElements.ConsoleLogin", "responseElements.SwitchRole");
  if (code === "" && signIn === "Failure") return { kind: "failed", code: "", message };
  if (code === "" && message === "") return { kind: "done" };
  return { kind: denied.test(code) ? "denied" : "failed", code, message };
}

const services: Record<string, string> = {
  athena: "Athena", autoscaling: "Auto Scaling", backup: "Backup", bedrock: "Bedrock", cloudformation: "CloudFormation", cloudfront: "CloudFront",
  cloudtrail: "CloudTrail", codebuild: "CodeBuild", config: "Config", dynamodb: "DynamoDB", elasticloadbalancing: "Elastic Load Balancing", events: "EventBridge",
  glue: "Glue", guardduty: "GuardDuty", lambda: "Lambda", logs: "CloudWatch Logs", monitoring: "CloudWatch", organizations: "Organizations", route53: "Route 53",
  secretsmanager: "Secrets Manager", securityhub: "Security Hub", signin: "Sign-In", sso: "IAM Identity Center", ssm: "Systems Manager", states: "Step Functions",
  trustedadvisor: "Trusted Advisor", tagging: "Resource Groups Tagging", health: "Health", inspector2: "Inspector",
};

/** What people call a service: "S3" of s3.amazonaws.com. */
export function serviceName(source: string): string {
  const id = source.replace(/\.amazonaws\.com(\.cn)?$/, "");
  return services[id] ?? (/^[a-z0-9]{2,4}$/.test(id) ? id.toUpperCase() : id);
}

/** The words of an action's name: Describe, DB, Instances. */
export function wordsOf(action: string): string[] {
  const bare = action.replace(/\d{8}(v\d+)?$/, "").replace(/V\d+$/, "");
  return bare.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
}

const tools: [RegExp, string][] = [
  [/terraform/i, "Terraform"],
  [/opentofu/i, "OpenTofu"],
  [/pulumi/i, "Pulumi"],
  [/aws-cdk|aws-cdk-cli/i, "AWS CDK"],
  [/ansible/i, "Ansible"],
  [/^kube|kubernetes|kubectl/i, "Kubernetes"],
  [/^aws-cli/i, "AWS CLI"],
  [/boto3|botocore/i, "Boto3"],
  [/aws-sdk-go/i, "AWS SDK for Go"],
  [/aws-sdk-java/i, "AWS SDK for Java"],
  [/aws-sdk-(js|nodejs)/i, "AWS SDK for JavaScript"],
  [/aws-sdk-rust/i, "AWS SDK for Rust"],
  [/aws-sdk-dotnet/i, "AWS SDK for .NET"],
  [/aws-sdk-php/i, "AWS SDK for PHP"],
  [/aws-sdk-ruby/i, "AWS SDK for Ruby"],
];

function clientOf(event: JsonObject): Client | null {
  const agent = textAt(event, "userAgent");
  const known = tools.find(([pattern]) => pattern.test(agent));
  if (known) return { kind: "tool", name: known[1] };
  if (textAt(event, "sessionCredentialFromConsole") === "true" || /(console|signin)\.amazonaws\.com/.test(agent)) return { kind: "console", name: "" };
  if (agent.startsWith("Mozilla/")) return { kind: "browser", name: "" };
  return null;
}

const isService = (address: string) => /\.amazonaws\.com(\.cn)?$/.test(address) || address === "AWS Internal";

function insightOf(event: JsonObject): Insight | null {
  const details = event["insightDetails"];
  if (!isObject(details)) return null;
  const state = textAt(details, "state");
  const number = (path: string) => {
    const n = at(details, path);
    return typeof n === "number" ? String(Number(n.toPrecision(3))) : "";
  };
  return {
    state: state === "Start" || state === "End" ? state : "",
    type: textAt(details, "insightType"),
    code: textAt(details, "errorCode"),
    usual: number("insightContext.statistics.baseline.average"),
    seen: number("insightContext.statistics.insight.average"),
    minutes: number("insightContext.statistics.insightDuration"),
  };
}

function kindOf(event: JsonObject, action: string): Told["kind"] {
  if (isObject(event["insightDetails"])) return "insight";
  if (action === "ConsoleLogin") return "signIn";
  if (action === "") return "nothing";
  return textAt(event, "eventType") === "AwsServiceEvent" ? "service" : "call";
}

/** Takes a record apart into what a sentence about it needs. */
export function tell(record: Json): Told {
  const event = isObject(record) ? record : {};
  const insight = insightOf(event);
  const action = textAt(event, "eventName") || textAt(event, "insightDetails.eventName");
  const source = textAt(event, insight ? "insightDetails.eventSource" : "eventSource", "eventSource");
  const [verb = "", ...nouns] = wordsOf(action);
  const bare = action.replace(/\d{8}(v\d+)?$/, "");
  const who = whoOf(event);
  const invoker = textAt(event, "userIdentity.invokedBy");
  const address = textAt(event, "sourceIPAddress");
  const mfa = textAt(event, "additionalEventData.MFAUsed");
  return {
    kind: kindOf(event, action),
    who,
    through: who.kind === "service" || invoker === "" || invoker === "AWS Internal" ? "" : serviceName(invoker),
    action,
    service: serviceName(source),
    deed: deedOf(event, bare, source.split(".")[0] ?? ""),
    verb,
    nouns,
    targets: targetsOf(event, nouns),
    address: isService(address) ? "" : address,
    client: isService(address) ? null : clientOf(event),
    region: textAt(event, "awsRegion"),
    vpcEndpoint: textAt(event, "vpcEndpointId"),
    mfa: mfa === "Yes" ? true : mfa === "No" ? false : null,
    outcome: outcomeOf(event),
    insight,
  };
}
