import { shortName, textAt, type JsonObject } from "./record";

/**
 * Calls that deserve words of their own, and where in a record the values are
 * that their sentence needs, in order of preference. The words are in
 * texts/LANGUAGE/deeds.ts, by the same names.
 */
export const deeds = {
  AddUserToGroup: { source: "iam", values: { user: ["requestParameters.userName"], group: ["requestParameters.groupName"] } },
  AssumeRole: { source: "sts", values: { role: ["requestParameters.roleArn"], session: ["requestParameters.roleSessionName"] } },
  AssumeRoleWithSAML: { source: "sts", values: { role: ["requestParameters.roleArn"], provider: ["requestParameters.principalArn"] } },
  AssumeRoleWithWebIdentity: { source: "sts", values: { role: ["requestParameters.roleArn"], provider: ["userIdentity.identityProvider", "requestParameters.providerId"] } },
  AttachGroupPolicy: { source: "iam", values: { policy: ["requestParameters.policyArn"], group: ["requestParameters.groupName"] } },
  AttachRolePolicy: { source: "iam", values: { policy: ["requestParameters.policyArn"], role: ["requestParameters.roleName"] } },
  AttachUserPolicy: { source: "iam", values: { policy: ["requestParameters.policyArn"], user: ["requestParameters.userName"] } },
  AuthorizeSecurityGroupIngress: { source: "ec2", values: { group: ["requestParameters.groupId", "requestParameters.groupName"], from: ["requestParameters.ipPermissions.items.ipRanges.items.cidrIp", "requestParameters.ipPermissions.items.ipv6Ranges.items.cidrIpv6", "requestParameters.ipPermissions.items.groups.items.groupId", "requestParameters.cidrIp"], port: ["requestParameters.ipPermissions.items.fromPort", "requestParameters.fromPort"] } },
  CreateAccessKey: { source: "iam", values: { user: ["requestParameters.userName", "responseElements.accessKey.userName", "userIdentity.userName"] } },
  CreateLoginProfile: { source: "iam", values: { user: ["requestParameters.userName"] } },
  DeactivateMFADevice: { source: "iam", values: { user: ["requestParameters.userName", "userIdentity.userName"] } },
  DeleteAccessKey: { source: "iam", values: { key: ["requestParameters.accessKeyId"], user: ["requestParameters.userName", "userIdentity.userName"] } },
  DeleteBucketPolicy: { source: "s3", values: { bucket: ["requestParameters.bucketName"] } },
  DeleteObject: { source: "s3", values: { bucket: ["requestParameters.bucketName"], key: ["requestParameters.key"] } },
  DeleteTrail: { source: "cloudtrail", values: { trail: ["requestParameters.name"] } },
  DetachRolePolicy: { source: "iam", values: { policy: ["requestParameters.policyArn"], role: ["requestParameters.roleName"] } },
  DetachUserPolicy: { source: "iam", values: { policy: ["requestParameters.policyArn"], user: ["requestParameters.userName"] } },
  DisableKey: { source: "kms", values: { key: ["requestParameters.keyId"] } },
  GetCallerIdentity: { source: "sts", values: {} },
  GetObject: { source: "s3", values: { bucket: ["requestParameters.bucketName"], key: ["requestParameters.key"] } },
  GetSecretValue: { source: "secretsmanager", values: { secret: ["requestParameters.secretId"] } },
  HeadObject: { source: "s3", values: { bucket: ["requestParameters.bucketName"], key: ["requestParameters.key"] } },
  Invoke: { source: "lambda", values: { function: ["requestParameters.functionName"] } },
  LeaveOrganization: { source: "organizations", values: {} },
  PutBucketPolicy: { source: "s3", values: { bucket: ["requestParameters.bucketName"] } },
  PutEventSelectors: { source: "cloudtrail", values: { trail: ["requestParameters.trailName"] } },
  PutObject: { source: "s3", values: { bucket: ["requestParameters.bucketName"], key: ["requestParameters.key"] } },
  PutRolePolicy: { source: "iam", values: { policy: ["requestParameters.policyName"], role: ["requestParameters.roleName"] } },
  PutUserPolicy: { source: "iam", values: { policy: ["requestParameters.policyName"], user: ["requestParameters.userName"] } },
  RevokeSecurityGroupIngress: { source: "ec2", values: { group: ["requestParameters.groupId", "requestParameters.groupName"] } },
  RunInstances: { source: "ec2", values: { type: ["requestParameters.instanceType"], count: ["requestParameters.instancesSet.items.maxCount", "requestParameters.instancesSet.items.minCount"] } },
  ScheduleKeyDeletion: { source: "kms", values: { key: ["requestParameters.keyId"], days: ["requestParameters.pendingWindowInDays"] } },
  SendCommand: { source: "ssm", values: { document: ["requestParameters.documentName"], target: ["requestParameters.instanceIds", "requestParameters.targets.values"] } },
  StartLogging: { source: "cloudtrail", values: { trail: ["requestParameters.name"] } },
  StartSession: { source: "ssm", values: { target: ["requestParameters.target"] } },
  StopLogging: { source: "cloudtrail", values: { trail: ["requestParameters.name"] } },
  SwitchRole: { source: "signin", values: { role: ["additionalEventData.SwitchTo", "requestParameters.roleArn", "userIdentity.arn"] } },
  UpdateAssumeRolePolicy: { source: "iam", values: { role: ["requestParameters.roleName"] } },
  UpdateLoginProfile: { source: "iam", values: { user: ["requestParameters.userName"] } },
  UpdateTrail: { source: "cloudtrail", values: { trail: ["requestParameters.name"] } },
} satisfies Record<string, { source: string; values: Record<string, string[]> }>;

export type DeedName = keyof typeof deeds;

/** A call with words of its own, and what they need. */
export type Deed = { name: DeedName; values: Record<string, string> };

/** The deed that a record tells of; null when it has no words of its own or lacks a value. */
export function deedOf(event: JsonObject, action: string, source: string): Deed | null {
  if (!Object.hasOwn(deeds, action)) return null;
  const name = action as DeedName;
  const deed: { source: string; values: Record<string, string[]> } = deeds[name];
  if (deed.source !== source) return null;
  const values: Record<string, string> = {};
  for (const [key, paths] of Object.entries(deed.values)) {
    const value = shortName(textAt(event, ...paths));
    if (value === "") return null;
    values[key] = value;
  }
  return { name, values };
}
