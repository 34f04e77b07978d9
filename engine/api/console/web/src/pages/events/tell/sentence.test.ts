import { expect, test } from "vitest";
import { sentenceOf } from "../../../texts/sentences";
import type { Json } from "./record";

const account = "111122223333";
const role = (name: string, session: string, more: object = {}) => ({
  type: "AssumedRole",
  arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
  accountId: account,
  sessionContext: { sessionIssuer: { type: "Role", arn: `arn:aws:iam::${account}:role/${name}`, userName: name } },
  ...more,
});
const hugo = { type: "IAMUser", userName: "hugo", accountId: account };
const kim = { type: "IAMUser", userName: "contractor-kim", arn: `arn:aws:iam::${account}:user/contractor-kim`, accountId: account };

type Case = { name: string; event: object; en: string; ja: string };

const cases: Case[] = [
  {
    name: "a user stops a trail",
    event: { userIdentity: kim, eventSource: "cloudtrail.amazonaws.com", eventName: "StopLogging", awsRegion: "us-east-1", sourceIPAddress: "203.0.113.140", userAgent: "Mozilla/5.0 (Macintosh)", requestParameters: { name: "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail" }, responseElements: null },
    en: "User contractor-kim stopped the logging of trail org-trail (StopLogging, CloudTrail) in us-east-1 from 203.0.113.140 with a browser.",
    ja: "ユーザー contractor-kim が us-east-1 で、203.0.113.140 から、ブラウザで、証跡 org-trail のログ記録を停止しました (CloudTrail の StopLogging)。",
  },
  {
    name: "a session of a role, denied",
    event: { userIdentity: role("billing-role", "nightly"), eventSource: "iam.amazonaws.com", eventName: "AttachUserPolicy", awsRegion: "us-east-1", sourceIPAddress: "198.51.100.7", userAgent: "aws-cli/2.15.0 Python/3.11", requestParameters: { userName: "eve", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }, errorCode: "AccessDenied", errorMessage: "not authorized." },
    en: "Session nightly of role billing-role tried to attach policy AdministratorAccess to user eve (AttachUserPolicy, IAM) in us-east-1 from 198.51.100.7 with the AWS CLI; access was denied (AccessDenied: not authorized).",
    ja: "ロール billing-role のセッション nightly が us-east-1 で、198.51.100.7 から、AWS CLI で、ポリシー AdministratorAccess をユーザー eve にアタッチしようとしましたが、拒否されました (AccessDenied: not authorized.) (IAM の AttachUserPolicy)。",
  },
  {
    name: "somebody through IAM Identity Center",
    event: { userIdentity: role("AWSReservedSSO_Developer_d77712658ea43f86", "ana@example.net"), eventSource: "ec2.amazonaws.com", eventName: "DescribeDBInstances", sourceIPAddress: "198.51.100.9" },
    en: "ana@example.net with permission set Developer described DB instances (DescribeDBInstances, EC2) from 198.51.100.9.",
    ja: "許可セット Developer の ana@example.net が 198.51.100.9 から、DB Instances を参照しました (EC2 の DescribeDBInstances)。",
  },
  {
    name: "an instance's role, failing, through a VPC endpoint",
    event: { userIdentity: role("web-role", "i-0123456789abcdef0"), eventSource: "s3.amazonaws.com", eventName: "GetObject", sourceIPAddress: "10.0.0.8", vpcEndpointId: "vpce-1", userAgent: "[Boto3/1.34]", requestParameters: { bucketName: "b", key: "a/c.txt" }, errorCode: "NoSuchKey", errorMessage: "The specified key does not exist." },
    en: "Instance i-0123456789abcdef0 with role web-role tried to read object s3://b/a/c.txt (GetObject, S3) from 10.0.0.8 through VPC endpoint vpce-1 with Boto3; it failed (NoSuchKey: The specified key does not exist).",
    ja: "ロール web-role を持つインスタンス i-0123456789abcdef0 が 10.0.0.8 から、VPC エンドポイント vpce-1 を経由して、Boto3 で、オブジェクト s3://b/a/c.txt を取得しようとしましたが、失敗しました (NoSuchKey: The specified key does not exist.) (S3 の GetObject)。",
  },
  {
    name: "the root user",
    event: { userIdentity: { type: "Root", accountId: account, arn: `arn:aws:iam::${account}:root` }, recipientAccountId: account, eventSource: "iam.amazonaws.com", eventName: "CreateAccessKey", sourceIPAddress: "203.0.113.1", responseElements: { accessKey: { userName: "root-helper" } }, sessionCredentialFromConsole: "true" },
    en: `The root user of account ${account} created an access key for user root-helper (CreateAccessKey, IAM) from 203.0.113.1 in the console.`,
    ja: `アカウント ${account} のルートユーザーが 203.0.113.1 から、コンソールで、ユーザー root-helper のアクセスキーを作成しました (IAM の CreateAccessKey)。`,
  },
  {
    name: "an AWS service",
    event: { userIdentity: { type: "AWSService", invokedBy: "backup.amazonaws.com" }, eventSource: "ec2.amazonaws.com", eventName: "CreateSnapshot", awsRegion: "eu-west-1", sourceIPAddress: "backup.amazonaws.com", userAgent: "backup.amazonaws.com", requestParameters: { volumeId: "vol-1" }, responseElements: { snapshotId: "snap-7" } },
    en: "AWS service backup.amazonaws.com created snapshot snap-7 (CreateSnapshot, EC2) in eu-west-1.",
    ja: "AWS サービス backup.amazonaws.com が eu-west-1 で、Snapshot snap-7 を作成しました (EC2 の CreateSnapshot)。",
  },
  {
    name: "a service on behalf of a user",
    event: { userIdentity: { ...hugo, invokedBy: "cloudformation.amazonaws.com" }, eventSource: "ec2.amazonaws.com", eventName: "CreateTags", sourceIPAddress: "cloudformation.amazonaws.com", requestParameters: { resourcesSet: { items: [{ resourceId: "i-1" }, { resourceId: "i-2" }, { resourceId: "i-3" }] } } },
    en: "User hugo, through CloudFormation, created tags for i-1 and 2 more (CreateTags, EC2).",
    ja: "ユーザー hugo がCloudFormation を通じて、i-1 ほか 2 件 について Tags を作成しました (EC2 の CreateTags)。",
  },
  {
    name: "a federated user",
    event: { userIdentity: { type: "FederatedUser", arn: `arn:aws:sts::${account}:federated-user/mo`, accountId: account, sessionContext: { sessionIssuer: { type: "IAMUser", userName: "broker" } } }, eventSource: "sts.amazonaws.com", eventName: "GetCallerIdentity", sourceIPAddress: "203.0.113.2" },
    en: "Federated user mo of user broker asked who they are (GetCallerIdentity, STS) from 203.0.113.2.",
    ja: "ユーザー broker によるフェデレーションユーザー mo が 203.0.113.2 から、自分の ID を確認しました (STS の GetCallerIdentity)。",
  },
  {
    name: "a web identity assumes a role",
    event: { userIdentity: { type: "WebIdentityUser", userName: "repo:acme/shop:ref", identityProvider: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }, eventSource: "sts.amazonaws.com", eventName: "AssumeRoleWithWebIdentity", sourceIPAddress: "203.0.113.3", requestParameters: { roleArn: "arn:aws:iam::111122223333:role/deploy" } },
    en: "repo:acme/shop:ref, known to token.actions.githubusercontent.com, assumed role deploy with a token of token.actions.githubusercontent.com (AssumeRoleWithWebIdentity, STS) from 203.0.113.3.",
    ja: "token.actions.githubusercontent.com の repo:acme/shop:ref が 203.0.113.3 から、token.actions.githubusercontent.com のトークンでロール deploy を引き受けました (STS の AssumeRoleWithWebIdentity)。",
  },
  {
    name: "another account is refused a role",
    event: { userIdentity: { type: "AWSAccount", principalId: "AIDAX:mallory", accountId: "999900001111" }, recipientAccountId: account, eventSource: "sts.amazonaws.com", eventName: "AssumeRole", sourceIPAddress: "203.0.113.4", requestParameters: { roleArn: "arn:aws:iam::111122223333:role/admin", roleSessionName: "s1" }, errorCode: "AccessDenied" },
    en: "mallory of account 999900001111 tried to assume role admin as session s1 (AssumeRole, STS) from 203.0.113.4; access was denied (AccessDenied).",
    ja: "アカウント 999900001111 の mallory が 203.0.113.4 から、ロール admin をセッション s1 として引き受けようとしましたが、拒否されました (AccessDenied) (STS の AssumeRole)。",
  },
  {
    name: "a role of another account",
    event: { userIdentity: role("audit", "sam"), recipientAccountId: "444455556666", eventSource: "kms.amazonaws.com", eventName: "ScheduleKeyDeletion", sourceIPAddress: "203.0.113.5", requestParameters: { keyId: "arn:aws:kms:us-east-1:444455556666:key/7c1-a", pendingWindowInDays: 7 } },
    en: `Session sam of role audit in account ${account} scheduled the deletion of key 7c1-a in 7 days (ScheduleKeyDeletion, KMS) from 203.0.113.5.`,
    ja: `アカウント ${account} のロール audit のセッション sam が 203.0.113.5 から、キー 7c1-a の 7 日後の削除を予約しました (KMS の ScheduleKeyDeletion)。`,
  },
  {
    name: "a sign-in with MFA",
    event: { userIdentity: hugo, eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn", awsRegion: "us-east-1", sourceIPAddress: "2001:db8::1", userAgent: "Mozilla/5.0", responseElements: { ConsoleLogin: "Success" }, additionalEventData: { MFAUsed: "Yes" } },
    en: "User hugo signed in to the console with MFA from 2001:db8::1 with a browser.",
    ja: "ユーザー hugo が 2001:db8::1 から、ブラウザで、MFA ありでコンソールにサインインしました。",
  },
  {
    name: "a sign-in that fails",
    event: { userIdentity: { type: "IAMUser", userName: "paula", accountId: account }, eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn", sourceIPAddress: "203.0.113.9", errorCode: "Failed", errorMessage: "Failed authentication", responseElements: { ConsoleLogin: "Failure" }, additionalEventData: { MFAUsed: "No" } },
    en: "User paula failed to sign in to the console without MFA from 203.0.113.9 (Failed authentication).",
    ja: "ユーザー paula が 203.0.113.9 から、MFA なしでコンソールへのサインインに失敗しました (Failed authentication)。",
  },
  {
    name: "a sign-in that fails without a code",
    event: { userIdentity: hugo, eventSource: "signin.amazonaws.com", eventName: "ConsoleLogin", sourceIPAddress: "203.0.113.9", responseElements: { ConsoleLogin: "Failure" } },
    en: "User hugo failed to sign in to the console from 203.0.113.9.",
    ja: "ユーザー hugo が 203.0.113.9 から、コンソールへのサインインに失敗しました。",
  },
  {
    name: "a service event",
    event: { userIdentity: { accountId: account, invokedBy: "AWS Internal" }, eventType: "AwsServiceEvent", eventSource: "kms.amazonaws.com", eventName: "RotateKey", awsRegion: "us-east-1", sourceIPAddress: "AWS Internal", resources: [{ ARN: "arn:aws:kms:us-east-1:111122223333:key/9f-2", type: "AWS::KMS::Key" }] },
    en: "KMS itself reported RotateKey for 9f-2 in us-east-1.",
    ja: "KMS 自身が us-east-1 で 9f-2 について RotateKey を記録しました。",
  },
  {
    name: "an insight",
    event: { eventType: "AwsCloudTrailInsight", awsRegion: "us-east-1", insightDetails: { state: "End", eventSource: "ec2.amazonaws.com", eventName: "RunInstances", insightType: "ApiCallRateInsight", insightContext: { statistics: { baseline: { average: 0.0123456 }, insight: { average: 12 }, insightDuration: 5 } } } },
    en: "CloudTrail Insights saw the end of an unusual rate of RunInstances calls in EC2, us-east-1: 12 a minute where 0.0123 are usual, for 5 minutes.",
    ja: "CloudTrail Insights が us-east-1 の EC2 で、RunInstances の呼び出しの異常な頻度の終わりを検出しました (毎分 12 回、通常は 0.0123 回、5 分間)。",
  },
  {
    name: "an insight about errors",
    event: { insightDetails: { state: "Start", eventSource: "s3.amazonaws.com", eventName: "GetBucketPolicy", insightType: "ApiErrorRateInsight", errorCode: "AccessDenied" } },
    en: "CloudTrail Insights saw the start of an unusual rate of AccessDenied answers to GetBucketPolicy in S3.",
    ja: "CloudTrail Insights が S3 で、GetBucketPolicy に対する AccessDenied 応答の異常な頻度の始まりを検出しました。",
  },
  {
    name: "a service-linked role",
    event: { userIdentity: role("AWSServiceRoleForConfig", "configLambda"), eventSource: "config.amazonaws.com", eventName: "PutEvaluations", sourceIPAddress: "198.51.100.3" },
    en: "AWS with service role AWSServiceRoleForConfig wrote evaluations (PutEvaluations, Config) from 198.51.100.3.",
    ja: "サービスロール AWSServiceRoleForConfig を持つ AWS が 198.51.100.3 から、Evaluations を書き込みました (Config の PutEvaluations)。",
  },
  {
    name: "a port is opened",
    event: { userIdentity: hugo, eventSource: "ec2.amazonaws.com", eventName: "AuthorizeSecurityGroupIngress", sourceIPAddress: "203.0.113.6", requestParameters: { groupId: "sg-1", ipPermissions: { items: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22, groups: {}, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } }] } } },
    en: "User hugo opened port 22 of security group sg-1 to 0.0.0.0/0 (AuthorizeSecurityGroupIngress, EC2) from 203.0.113.6.",
    ja: "ユーザー hugo が 203.0.113.6 から、セキュリティグループ sg-1 のポート 22 を 0.0.0.0/0 に開放しました (EC2 の AuthorizeSecurityGroupIngress)。",
  },
  {
    name: "an action with a version, several things",
    event: { userIdentity: hugo, eventSource: "ec2.amazonaws.com", eventName: "TerminateInstances", sourceIPAddress: "203.0.113.6", requestParameters: { instancesSet: { items: [{ instanceId: "i-1" }, { instanceId: "i-2" }] } } },
    en: "User hugo terminated instances i-1 and 1 more (TerminateInstances, EC2) from 203.0.113.6.",
    ja: "ユーザー hugo が 203.0.113.6 から、Instances i-1 ほか 1 件 を終了しました (EC2 の TerminateInstances)。",
  },
  {
    name: "a name that has no verb",
    event: { userIdentity: hugo, eventSource: "ecr.amazonaws.com", eventName: "BatchGetImage", sourceIPAddress: "203.0.113.6", requestParameters: { registryId: account, repositoryName: "shop" } },
    en: "User hugo called BatchGetImage on shop (BatchGetImage, ECR) from 203.0.113.6.",
    ja: "ユーザー hugo が 203.0.113.6 から、shop に対して BatchGetImage を実行しました (ECR の BatchGetImage)。",
  },
  {
    name: "words of their own need their values",
    event: { userIdentity: hugo, eventSource: "s3.amazonaws.com", eventName: "DeleteObject", sourceIPAddress: "203.0.113.6", requestParameters: { bucketName: "b" } },
    en: "User hugo deleted an object for b (DeleteObject, S3) from 203.0.113.6.",
    ja: "ユーザー hugo が 203.0.113.6 から、b について Object を削除しました (S3 の DeleteObject)。",
  },
  {
    name: "the same name in another service",
    event: { userIdentity: hugo, eventSource: "redshift.amazonaws.com", eventName: "DisableKey", sourceIPAddress: "203.0.113.6", requestParameters: { keyId: "k" } },
    en: "User hugo disabled key k (DisableKey, redshift) from 203.0.113.6.",
    ja: "ユーザー hugo が 203.0.113.6 から、Key k を無効化しました (redshift の DisableKey)。",
  },
  { name: "an unknown identity", event: { eventSource: "sts.amazonaws.com", eventName: "GetFederationToken" }, en: "Somebody unknown read a federation token (GetFederationToken, STS).", ja: "不明な利用者がFederation Token を取得しました (STS の GetFederationToken)。" },
  { name: "nothing", event: {}, en: "A record that does not say what was done.", ja: "何が行われたかが書かれていない記録です。" },
  { name: "shapes nobody expects", event: { userIdentity: "hugo", eventName: "X", eventSource: 3, requestParameters: [[null]], resources: { a: 1 }, errorCode: false }, en: "Somebody unknown tried to call X (X, 3); it failed (false).", ja: "不明な利用者がX を実行しようとしましたが、失敗しました (false) (3 の X)。" },
];

test.each(cases)("$name", ({ event, en, ja }) => {
  expect(sentenceOf(event as Json, "en")).toBe(en);
  expect(sentenceOf(event as Json, "ja")).toBe(ja);
});
