import type { Selector } from "../../api/stores";
import type { Schema } from "../../api/client";

/** The categories of CloudTrail events; a store may mix them. */
export const categories = ["Management", "Data", "NetworkActivity"] as const;

const common = ["readOnly", "eventSource", "eventName", "eventType", "userIdentity.arn", "sessionCredentialFromConsole"];

/** The fields that events of a category are selected by, beside the category. */
export const fieldsOf: Record<string, string[]> = {
  Management: common,
  Data: ["resources.type", "resources.ARN", ...common],
  NetworkActivity: ["eventSource", "eventName", "errorCode", "vpcEndpointId"],
};

/** The field that a selector of the category must name, with one value. */
const needed: Record<string, string> = { Data: "resources.type", NetworkActivity: "eventSource" };

export const operators = ["equals", "notEquals", "startsWith", "notStartsWith", "endsWith", "notEndsWith"] as const;
export type Operator = (typeof operators)[number];

/** The operators that a field takes. */
export function operatorsOf(category: string, field: string): readonly Operator[] {
  if (field === "readOnly" || field === "errorCode" || field === needed[category]) return ["equals"];
  return field === "sessionCredentialFromConsole" ? ["equals", "notEquals"] : operators;
}

/** One line of the builder: a field, what its value must be like, the values of which one suffices. */
export type Condition = { field: string; operator: Operator; values: string[] };

/** An advanced event selector as the builder has it. key is for React only. */
export type Draft = { key: string; name: string; category: string; conditions: Condition[] };

export function newDraft(category = "Management", conditions: Condition[] = []): Draft {
  return inCategory({ key: crypto.randomUUID(), name: "", category, conditions }, category);
}

/** A draft for another category: without the conditions that it does not take, with the one that it needs. */
export function inCategory(draft: Draft, category: string): Draft {
  const conditions = draft.conditions.filter((c) => fieldsOf[category]?.includes(c.field) && operatorsOf(category, c.field).includes(c.operator));
  const field = needed[category];
  if (field && !conditions.some((c) => c.field === field)) conditions.unshift({ field, operator: "equals", values: [] });
  return { ...draft, category, conditions };
}

/** A store's selectors as drafts. */
export function draftsOf(selectors: Selector[]): Draft[] {
  return selectors.map((s) => ({
    key: crypto.randomUUID(),
    name: s.name ?? "",
    category: s.fieldSelectors?.find((f) => f.field === "eventCategory")?.equals?.[0] ?? "Management",
    conditions: (s.fieldSelectors ?? [])
      .filter((f) => f.field !== "eventCategory")
      .flatMap((f) => operators.filter((o) => f[o]?.length).map((operator) => ({ field: f.field ?? "", operator, values: f[operator] ?? [] }))),
  }));
}

/** The selectors that drafts stand for: conditions of one field make one field selector. */
export function selectorsOf(drafts: Draft[]): Selector[] {
  return drafts.map((d) => {
    const byField = new Map<string, Schema<"AdvancedFieldSelector">>();
    for (const c of d.conditions) {
      const f = byField.get(c.field) ?? { field: c.field };
      f[c.operator] = [...(f[c.operator] ?? []), ...c.values];
      byField.set(c.field, f);
    }
    return { ...(d.name && { name: d.name }), fieldSelectors: [{ field: "eventCategory", equals: [d.category] }, ...byField.values()] };
  });
}

const ofType = (type: string) => newDraft("Data", [{ field: "resources.type", operator: "equals", values: [type] }]);

/** What many want, to begin from. */
export const presets = {
  management: () => [newDraft()],
  writes: () => [newDraft("Management", [{ field: "readOnly", operator: "equals", values: ["false"] }])],
  objects: () => [newDraft(), ofType("AWS::S3::Object")],
  data: () => [newDraft(), ofType("AWS::S3::Object"), ofType("AWS::Lambda::Function"), ofType("AWS::DynamoDB::Table")],
} as const;
export type Preset = keyof typeof presets;

/** Values that fields often have, for completion. */
export const usual: Record<string, string[]> = {
  readOnly: ["true", "false"],
  sessionCredentialFromConsole: ["true"],
  eventType: ["AwsApiCall", "AwsServiceEvent", "AwsConsoleAction", "AwsConsoleSignIn"],
  eventSource: ["iam.amazonaws.com", "sts.amazonaws.com", "s3.amazonaws.com", "ec2.amazonaws.com", "kms.amazonaws.com", "lambda.amazonaws.com", "signin.amazonaws.com", "rds-data.amazonaws.com"],
  errorCode: ["VpceAccessDenied"],
  "resources.type": ["AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::S3::AccessPoint", "AWS::S3ObjectLambda::AccessPoint", "AWS::Cognito::IdentityPool", "AWS::Bedrock::Model"],
};
