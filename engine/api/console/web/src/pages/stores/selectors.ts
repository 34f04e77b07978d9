import type { Selector } from "../../api/stores";
import type { Schema } from "../../api/client";

/** The categories of CloudTrail events; a store may mix them. */
export const categories = ["Management", "Data", "NetworkActivity"] as const;

/** The fields that events are selected by, beside the category. */
export const fields = ["readOnly", "eventSource", "eventName", "eventType", "resources.type", "resources.ARN", "userIdentity.arn", "errorCode", "vpcEndpointId", "sessionCredentialFromConsole"];

export const operators = ["equals", "notEquals", "startsWith", "notStartsWith", "endsWith", "notEndsWith"] as const;
export type Operator = (typeof operators)[number];

/** One line of the builder: a field, what its value must be like, the values of which one suffices. */
export type Condition = { field: string; operator: Operator; values: string[] };

/** An advanced event selector as the builder has it. key is for React only. */
export type Draft = { key: string; name: string; category: string; conditions: Condition[] };

export function newDraft(category = "Management", conditions: Condition[] = []): Draft {
  return { key: crypto.randomUUID(), name: "", category, conditions };
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

/** What many want, to begin from. */
export const presets = {
  management: () => [newDraft()],
  writes: () => [newDraft("Management", [{ field: "readOnly", operator: "equals", values: ["false"] }])],
  objects: () => [newDraft(), newDraft("Data", [{ field: "resources.type", operator: "equals", values: ["AWS::S3::Object"] }])],
  everything: () => categories.map((c) => newDraft(c)),
} as const;
export type Preset = keyof typeof presets;

/** Values that fields often have, for completion. */
export const usual: Record<string, string[]> = {
  readOnly: ["true", "false"],
  sessionCredentialFromConsole: ["true"],
  eventType: ["AwsApiCall", "AwsServiceEvent", "AwsConsoleAction", "AwsConsoleSignIn", "AwsVpceEvent"],
  eventSource: ["iam.amazonaws.com", "sts.amazonaws.com", "s3.amazonaws.com", "ec2.amazonaws.com", "kms.amazonaws.com", "lambda.amazonaws.com", "signin.amazonaws.com", "rds-data.amazonaws.com"],
  errorCode: ["AccessDenied", "VpceAccessDenied", "Client.UnauthorizedOperation"],
  "resources.type": ["AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::S3::AccessPoint", "AWS::S3ObjectLambda::AccessPoint", "AWS::Cognito::IdentityPool", "AWS::Bedrock::Model"],
};
