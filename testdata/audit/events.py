#!/usr/bin/env python3
"""Makes the events of testdata/audit/stores, which are checked in.

    traillake generate --events 1500 --days 24 --seed 7 --end 2024-05-06T07:00:00Z --out BULK
    python3 testdata/audit/events.py BULK

BULK gives everyday events; this script adds what auditors look for: every type of
identity, sign-ins, role chains, security groups, keys, data events, tags, odd
records. Each store is one object as CloudTrail delivers it. The choices are drawn
from a fixed seed, so that a second run gives the same bytes.
"""
import glob
import gzip
import json
import os
import random
import sys
from datetime import datetime, timedelta

HERE = os.path.dirname(os.path.abspath(__file__))
MAIN, DEV, SHARED = "111122223333", "222244446666", "333366669999"
START, END = datetime(2024, 4, 12), datetime(2024, 5, 6, 7)
r = random.Random(20240506)


def hexes(n):
    return "".join(r.choice("0123456789abcdef") for _ in range(n))


def uuid():
    h = hexes(32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:]}"


def at(day, clock="00:00:00"):
    """A moment of the day with that number, counted from the first."""
    h, m, s = map(int, clock.split(":"))
    return START + timedelta(days=day, hours=h, minutes=m, seconds=s)


def user(name, account=MAIN, key=None):
    return {"type": "IAMUser", "principalId": f"AIDA{name.upper():X<16}", "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account, "accessKeyId": key or f"AKIA{name.upper():0<16}", "userName": name}


def role(name, session, account=MAIN, key=None, mfa="false", created=None, **context):
    made = {"type": "AssumedRole", "principalId": f"AROA{name.upper()[:12]:X<16}:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}", "accountId": account,
            "accessKeyId": key or f"ASIA{hexes(16).upper()}"}
    made["sessionContext"] = {
        "sessionIssuer": {"type": "Role", "principalId": f"AROA{name.upper()[:12]:X<16}",
                          "arn": f"arn:aws:iam::{account}:role/{name}", "accountId": account, "userName": name},
        "attributes": {"creationDate": (created or at(0)).strftime("%Y-%m-%dT%H:%M:%SZ"), "mfaAuthenticated": mfa}, **context}
    return made


def root(account=MAIN):
    return {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", "accountId": account,
            "accessKeyId": "", "sessionContext": {"attributes": {"mfaAuthenticated": "false", "creationDate": "2024-04-20T06:00:00Z"}}}


def service(name):
    return {"type": "AWSService", "invokedBy": f"{name}.amazonaws.com"}


READS = ("Get", "List", "Describe", "Lookup", "Head", "Decrypt", "GenerateDataKey", "Query", "Scan")
out = {"trail": [], "branch": [], "config": [], "partner": []}


def event(when, who, source, name, request=None, response=None, store="trail", region="us-east-1", ip="198.51.100.10",
          agent="aws-cli/2.15.30 Python/3.11.8", error=None, account=MAIN, **more):
    """Adds one record, its keys in the service's order."""
    data = more.pop("data", False)
    rec = {"eventVersion": more.pop("version", "1.09"), "userIdentity": who, "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
           "eventSource": f"{source}.amazonaws.com", "eventName": name, "awsRegion": region, "sourceIPAddress": ip, "userAgent": agent}
    if error:
        rec["errorCode"], rec["errorMessage"] = error if isinstance(error, tuple) else (
            error, f"User: {who.get('arn', 'unknown')} is not authorized to perform: {source}:{name} because no identity-based policy allows the {source}:{name} action")
    rec["requestParameters"], rec["responseElements"] = request, None if error and not response else response
    if "additional" in more:
        rec["additionalEventData"] = more.pop("additional")
    rec["requestID"], rec["eventID"] = more.pop("requestID", uuid()), more.pop("eventID", uuid())
    rec["readOnly"] = more.pop("readOnly", name.startswith(READS))
    if "resources" in more:
        rec["resources"] = more.pop("resources")
    rec["eventType"] = more.pop("eventType", "AwsApiCall")
    rec["managementEvent"], rec["recipientAccountId"] = not data, account
    rec.update(more)
    rec["eventCategory"] = "Data" if data else "Management"
    rec.update(more)
    out[store].append(rec)
    return rec


def signins():
    people = ["ana", "bodil", "chen", "dora", "emil"]
    for day in range(24):
        for i, who in enumerate(people):
            if (day + i) % 3 == 0:
                continue
            ok, mfa = r.random() < .8, "No" if who in ("dora", "emil") and r.random() < .7 else "Yes"
            me = user(who)
            del me["accessKeyId"]
            if not ok and r.random() < .3:
                me = {"type": "IAMUser", "accountId": MAIN, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
            event(at(day, f"{6 + i:02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"), me, "signin", "ConsoleLogin", None,
                  {"ConsoleLogin": "Success" if ok else "Failure"},
                  error=None if ok else ("Failed authentication" if r.random() < .8 else "InvalidCredentials", "Failed authentication"),
                  ip=r.choice(["203.0.113.5", "203.0.113.77", "2001:db8:7::1", "192.0.2.44"]),
                  agent="Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0", eventType="AwsConsoleSignIn",
                  additional={"LoginTo": "https://console.aws.amazon.com/console/home?state=x&isauthcode=true", "MobileVersion": "No", "MFAUsed": mfa})
    for day, clock, mfa in [(2, "03:10:00", "No"), (8, "06:00:00", "Yes"), (8, "06:02:10", "No"), (19, "22:59:59", "No")]:
        event(at(day, clock), {k: v for k, v in root().items() if k != "sessionContext"}, "signin", "ConsoleLogin", None, {"ConsoleLogin": "Success"},
              ip="203.0.113.200", eventType="AwsConsoleSignIn", agent="Mozilla/5.0", additional={"LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No", "MFAUsed": mfa})
    for i in range(25):  # guessing
        event(at(13, "02:00:00") + timedelta(seconds=7 * i), {"type": "IAMUser", "accountId": MAIN, "accessKeyId": "", "userName": "emil"}, "signin", "ConsoleLogin",
              None, {"ConsoleLogin": "Failure"}, error=("Failed authentication", "Failed authentication"), ip="192.0.2.250", eventType="AwsConsoleSignIn",
              additional={"LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No", "MFAUsed": "No"}, agent="python-requests/2.31.0")
    for day in range(0, 24, 4):
        event(at(day, "08:30:00"), role("AWSReservedSSO_Admin_0a1b", "ana@example.org"), "signin", "ConsoleLogin", None, {"ConsoleLogin": "Success"},
              eventType="AwsConsoleSignIn", additional={"LoginTo": "https://console.aws.amazon.com/", "MobileVersion": "No", "MFAUsed": "No"}, ip="198.51.100.99")
        event(at(day, "08:31:30"), user("bodil"), "signin", "SwitchRole", None, {"SwitchRole": "Success"}, eventType="AwsConsoleSignIn",
              additional={"SwitchTo": f"arn:aws:iam::{DEV}:role/Admin", "RedirectTo": "https://console.aws.amazon.com/"}, ip="203.0.113.5")


def roots():
    for day, source, name, request in [
            (8, "iam", "CreateAccessKey", None), (8, "iam", "DeactivateMFADevice", {"userName": "ana", "serialNumber": f"arn:aws:iam::{MAIN}:mfa/ana"}),
            (8, "s3", "ListBuckets", None), (8, "account", "PutAlternateContact", {"AlternateContactType": "SECURITY", "EmailAddress": "ops@example.org"}),
            (19, "organizations", "LeaveOrganization", None), (19, "cloudtrail", "DeleteTrail", {"name": "org-trail"})]:
        event(at(day, f"06:{r.randrange(10, 59)}:00"), root(), source, name, request, None, ip="203.0.113.200",
              error="AccessDenied" if name == "LeaveOrganization" else None)
    event(at(9, "01:00:00"), {**root(), "invokedBy": "support.amazonaws.com"}, "support", "RefreshTrustedAdvisorCheck", {"checkId": "x1"}, None)
    event(at(10, "01:00:00"), root(DEV), "iam", "CreateAccessKey", None, {"accessKey": {"accessKeyId": "AKIAROOTDEV0000", "status": "Active"}}, account=DEV)


def iam():
    admin = role("Admin", "ana@example.org", mfa="true", created=at(3, "09:00:00"))
    for i, who in enumerate(["svc-build", "svc-report", "temp-guest", "o'brien", "jürgen"]):
        t = at(3 + 3 * i, "09:10:00")
        event(t, admin, "iam", "CreateUser", {"userName": who, "tags": [{"key": "team", "value": "ops"}, {"key": "Temp", "value": str(i % 2 == 0).lower()}]},
              {"user": {"path": "/", "userName": who, "userId": f"AIDAX{i}", "arn": f"arn:aws:iam::{MAIN}:user/{who}", "createDate": "Apr 15, 2024 9:10:00 AM"}},
              sessionCredentialFromConsole="true")
        event(t + timedelta(minutes=2), admin, "iam", "CreateAccessKey", {"userName": who},
              {"accessKey": {"accessKeyId": f"AKIANEW{i:013d}", "status": "Active", "userName": who, "createDate": "Apr 15, 2024 9:12:00 AM"}})
        event(t + timedelta(minutes=3), admin, "iam", "AttachUserPolicy",
              {"userName": who, "policyArn": "arn:aws:iam::aws:policy/" + ("AdministratorAccess" if i == 2 else "ReadOnlyAccess")})
        if i % 2 == 0:
            event(t + timedelta(hours=30), user("ana"), "iam", "DeleteUser", {"userName": who})
    statement = [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": ["iam:*", "kms:*"], "Resource": "*"}]
    for i, (name, target) in enumerate([("PutUserPolicy", "userName"), ("PutRolePolicy", "roleName"), ("PutGroupPolicy", "groupName"), ("PutRolePolicy", "roleName")]):
        event(at(5 + i, "11:11:11"), user("chen"), "iam", name, {target: f"target-{i}", "policyName": f"inline{i}",
              "policyDocument": json.dumps({"Version": "2012-10-17", "Statement": statement[:1 + i % 2]})}, error="AccessDenied" if i == 2 else None)
    for i in range(3):
        event(at(6 + i, "15:00:00"), admin, "iam", "UpdateAssumeRolePolicy", {"roleName": f"app-{i}", "policyDocument": json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{[MAIN, DEV, '999988887777'][i]}:root"}, "Action": "sts:AssumeRole"}]})})
    for i in range(4):
        event(at(10 + i, "12:00:00"), user("bodil"), "iam", ["DeleteRolePolicy", "DetachRolePolicy", "CreatePolicyVersion", "DeleteUserPolicy"][i],
              [{"roleName": "app-1", "policyName": "p"}, {"roleName": "app-1", "policyArn": f"arn:aws:iam::{MAIN}:policy/p"},
               {"policyArn": f"arn:aws:iam::{MAIN}:policy/p", "setAsDefault": True, "policyDocument": "{}"}, {"userName": "emil", "policyName": "p"}][i])


def groups():
    spans = [("tcp", 22, 22), ("tcp", 3389, 3389), ("tcp", 443, 443), ("-1", -1, -1), ("udp", 53, 53), ("tcp", 0, 65535)]
    for i in range(28):
        items = []
        for protocol, low, high in r.sample(spans, 1 + i % 3):
            ranges = [{"cidrIp": r.choice(["0.0.0.0/0", "10.0.0.0/8", "198.51.100.0/24"]), "description": f"rule {i}"} for _ in range(1 + i % 2)]
            items.append({"ipProtocol": protocol, "fromPort": low, "toPort": high, "groups": {}, "ipRanges": {"items": ranges},
                          "ipv6Ranges": {"items": [{"cidrIpv6": "::/0"}]} if i % 5 == 0 else {}, "prefixListIds": {}})
        group, who = f"sg-{i % 7:017x}", [user("dora"), role("deploy", "ci-7"), user("chen")][i % 3]
        denied = "Client.UnauthorizedOperation" if i % 9 == 8 else None
        event(at(i % 24, f"{10 + i % 8}:20:{i:02d}"), who, "ec2", r.choice(["AuthorizeSecurityGroupIngress"] * 3 + ["RevokeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"]),
              {"groupId": group, "ipPermissions": {"items": items}}, {"requestId": uuid(), "_return": True, "securityGroupRuleSet": {"items": [
                  {"groupOwnerId": MAIN, "groupId": group, "securityGroupRuleId": f"sgr-{i}", "isEgress": False, "ipProtocol": items[0]["ipProtocol"], "fromPort": items[0]["fromPort"]}]}},
              error=denied, region=["us-east-1", "eu-west-1"][i % 2], ip=f"198.51.100.{10 + i % 4}")
    for i in range(4):
        event(at(4 * i, "17:00:00"), user("dora"), "ec2", "ModifySecurityGroupRules", {"ModifySecurityGroupRulesRequest": {
            "GroupId": f"sg-{i:017x}", "SecurityGroupRule": {"SecurityGroupRuleId": f"sgr-{i}", "tag": 1, "SecurityGroupRule": {
                "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0" if i % 2 else "10.1.0.0/16"}}}},
              {"ModifySecurityGroupRulesResponse": {"return": True}})


def machines():
    for i in range(26):
        n, types = 1 + i % 3, ["t3.micro", "m5.large", "p4d.24xlarge"]
        ids = [f"i-{i:08x}{k:09x}" for k in range(n)]
        who = [role("deploy", f"ci-{i % 5}", created=at(i % 24, "07:00:00")), user("emil"), role("deploy", "i-0ff", mfa="true")][i % 3]
        t, kind = at(i % 24, f"{8 + i % 9:02d}:15:00"), types[min(i % 7, 2)]
        event(t, who, "ec2", "RunInstances", {"instancesSet": {"items": [{"imageId": f"ami-{i % 4:017x}", "minCount": n, "maxCount": n}]}, "instanceType": kind,
              "monitoring": {"enabled": i % 2 == 0}, "disableApiTermination": False, "tagSpecificationSet": {"items": [{"resourceType": "instance", "tags": [
                  {"key": "Name", "value": f"web-{i}"}, {"key": "env", "value": ["prod", "dev", "test"][i % 3]}]}]}},
              None if i == 20 else {"requestId": uuid(), "reservationId": f"r-{i:09x}", "ownerId": MAIN, "groupSet": {}, "instancesSet": {"items": [
                  {"instanceId": x, "imageId": f"ami-{i % 4:017x}", "instanceType": kind, "privateIpAddress": f"10.0.{i}.{k + 4}",
                   "instanceState": {"code": 0, "name": "pending"}, "networkInterfaceSet": {"items": [{"networkInterfaceId": f"eni-{i}{k}"}]}} for k, x in enumerate(ids)]}},
              error="Client.InstanceLimitExceeded" if i == 20 else None, region=["us-east-1", "eu-west-1", "us-west-2"][i % 3])
        if i % 2:
            event(t + timedelta(hours=3, minutes=i), who, "ec2", "TerminateInstances", {"instancesSet": {"items": [{"instanceId": x} for x in ids]}}, {"instancesSet": {"items": [
                {"instanceId": x, "currentState": {"code": 32, "name": "shutting-down"}, "previousState": {"code": 16, "name": "running"}} for x in ids]}}, region=["us-east-1", "eu-west-1", "us-west-2"][i % 3])
        if i % 6 == 0:
            event(t + timedelta(minutes=5), who, "ec2", "CreateTags", {"resourcesSet": {"items": [{"resourceId": x} for x in ids]}, "tagSet": {"items": [{"key": "owner", "value": f"team-{i % 4}"}]}}, {"_return": True})
    for i in range(5):
        event(at(3 * i, "18:00:00"), user("emil"), "ec2", "ModifySnapshotAttribute", {"snapshotId": f"snap-{i}", "attributeType": "CREATE_VOLUME_PERMISSION", "createVolumePermission": {
            "add": {"items": [{"userId": [MAIN, DEV, "999988887777"][i % 3]}] + ([{"group": "all"}] if i == 4 else [])}}}, {"_return": True})
        event(at(3 * i, "18:30:00"), user("emil"), "ec2", "GetPasswordData", {"instanceId": f"i-{i}"}, None, error="Client.UnauthorizedOperation" if i else None)
        event(at(3 * i, "19:30:00"), role("deploy", "ci-1"), "ssm", "StartSession", {"target": f"i-{i}"}, {"sessionId": f"ci-1-{i}"})


def buckets():
    names = ["payroll", "logs-main", "web-assets", "backups"]
    for i in range(220):
        name, key = r.choice(names), f"{r.choice(['in', 'out', 'tmp'])}/{i:04d}.parquet"
        op = r.choice(["GetObject"] * 6 + ["PutObject"] * 3 + ["DeleteObject", "HeadObject", "GetObjectTagging"])
        who = r.choice([role("etl", "batch-1"), role("etl", "batch-2"), role("web", "i-0abc"), user("svc-report"), user("chen")])
        bad = r.random() < .09
        event(at(r.randrange(24), f"{r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"), who, "s3", op,
              {"bucketName": name, "Host": f"{name}.s3.amazonaws.com", "key": key}, {"x-amz-server-side-encryption": "AES256"} if op == "PutObject" else None,
              data=True, error=("AccessDenied", "Access Denied") if bad else None, ip=r.choice(["10.0.3.4", "10.0.3.5", "198.51.100.7", "203.0.113.66"]),
              additional={"SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "bytesTransferredIn": r.randrange(5) * 100, "AuthenticationMethod": "AuthHeader",
                          "bytesTransferredOut": 0 if bad else r.randrange(1, 10 ** 7), "x-amz-id-2": hexes(12)},
              resources=[{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{name}/{key}"}, {"accountId": MAIN, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{name}"}],
              tlsDetails={"tlsVersion": r.choice(["TLSv1.2", "TLSv1.3", "TLSv1.2"]), "cipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "clientProvidedHostHeader": f"{name}.s3.amazonaws.com"},
              **({"vpcEndpointId": "vpce-0a1", "vpcEndpointAccountId": MAIN} if i % 4 == 0 else {}))
    for i, name in enumerate(names):
        event(at(2 + i, "13:00:00"), user("chen"), "s3", "PutBucketPolicy", {"bucketName": name, "Host": "s3.amazonaws.com", "policy": "", "bucketPolicy": {"Version": "2012-10-17", "Statement": [
            {"Sid": "s", "Effect": "Allow", "Principal": "*" if i % 2 else {"AWS": f"arn:aws:iam::{DEV}:root"}, "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::{name}/*"}]}})
        event(at(3 + i, "13:00:00"), user("chen"), "s3", "PutBucketPublicAccessBlock", {"bucketName": name, "publicAccessBlock": "", "PublicAccessBlockConfiguration": {
            "RestrictPublicBuckets": i != 1, "BlockPublicPolicy": i != 1, "BlockPublicAcls": True, "IgnorePublicAcls": True, "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}})
        event(at(4 + i, "13:00:00"), user("dora"), "s3", "PutBucketAcl", {"bucketName": name, "acl": "", "accessControlList": {"x-amz-grant-read": "uri=http://acs.amazonaws.com/groups/global/AllUsers"}} if i else
              {"bucketName": name, "acl": "", "AccessControlPolicy": {"AccessControlList": {"Grant": [{"Permission": "READ", "Grantee": {"xsi:type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}]}}})
    event(at(21, "13:00:00"), user("emil"), "s3", "DeleteBucket", {"bucketName": "backups"})
    for i in range(6):  # deletes of many at once
        event(at(21, f"12:0{i}:00"), user("emil"), "s3", "DeleteObjects", {"bucketName": "backups", "delete": ""}, None, data=True,
              resources=[{"type": "AWS::S3::Object", "ARNPrefix": "arn:aws:s3:::backups/"}, {"accountId": MAIN, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::backups"}])


def keys():
    for i in range(60):
        key, op = f"arn:aws:kms:us-east-1:{MAIN}:key/{i % 5:08d}-1111-4222-8333-444444444444", r.choice(["Decrypt", "Decrypt", "GenerateDataKey", "Encrypt", "CreateGrant"])
        who = [role("etl", "batch-1", ), user("svc-report"), service("s3"), role("web", "i-0abc")][i % 4]
        event(at(i % 24, f"{i % 24:02d}:40:{i:02d}"), who, "kms", op, {"encryptionContext": {"aws:s3:arn": f"arn:aws:s3:::payroll/{i}", "purpose": "at rest"} if i % 3 else None,
              "keyId": key, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}, None, error=("AccessDenied", "The ciphertext refers to a key that does not exist") if i % 11 == 10 else None,
              resources=[{"accountId": MAIN, "type": "AWS::KMS::Key", "ARN": key}], readOnly=op != "CreateGrant")
    for i, name in enumerate(["CreateAlias", "UpdateAlias", "UpdateAlias", "CreateAlias", "DeleteAlias", "ScheduleKeyDeletion", "DisableKey", "CancelKeyDeletion", "PutKeyPolicy"]):
        target = f"0000000{i % 3}-1111-4222-8333-444444444444"
        request = {"targetKeyId": target, "aliasName": f"alias/{['a', 'b', 'c'][i % 3]}{i}"} if "Alias" in name else {"keyId": target}
        if name == "ScheduleKeyDeletion":
            request["pendingWindowInDays"] = 7
        event(at(4 + i, "16:00:00"), user("ana"), "kms", name, request, {"keyId": f"arn:aws:kms:us-east-1:{MAIN}:key/{target}", "deletionDate": "May 1, 2024, 12:00:00 AM"} if name == "ScheduleKeyDeletion" else None,
              resources=[{"accountId": MAIN, "type": "AWS::KMS::Key", "ARN": f"arn:aws:kms:us-east-1:{MAIN}:key/{target}"}])


def chains():
    for n in range(5):
        t, who = at(4 * n + 1, "20:00:00"), user("bodil")
        for k, name in enumerate(["ci-runner", "deploy-stage", "deploy-prod"][:2 + n % 2]):
            key = f"ASIACHAIN{n}{k}0000000"
            twin = uuid()
            done = event(t, who, "sts", "AssumeRole", {"roleArn": f"arn:aws:iam::{[MAIN, DEV][k % 2]}:role/{name}", "roleSessionName": f"s{n}", "durationSeconds": 3600},
                         {"credentials": {"accessKeyId": key, "sessionToken": "x", "expiration": "later"}, "assumedRoleUser": {
                             "assumedRoleId": f"AROA{k}:s{n}", "arn": f"arn:aws:sts::{[MAIN, DEV][k % 2]}:assumed-role/{name}/s{n}"}},
                         sharedEventID=twin, resources=[{"accountId": [MAIN, DEV][k % 2], "type": "AWS::IAM::Role", "ARN": f"arn:aws:iam::{[MAIN, DEV][k % 2]}:role/{name}"}], ip="192.0.2.10")
            if k % 2:
                out["branch"].append({**done, "eventID": uuid(), "recipientAccountId": DEV, "userIdentity": {"type": "AWSAccount", "principalId": "AROA:x", "accountId": MAIN}})
            who, t = role(name, f"s{n}", [MAIN, DEV][k % 2], key, created=t), t + timedelta(minutes=4)
        event(t, who, "secretsmanager", "GetSecretValue", {"secretId": f"prod/db-{n}"}, None, ip="192.0.2.10", account=who["accountId"])
    for i in range(60):  # one session tries every role
        event(at(17, "04:30:00") + timedelta(seconds=2 * i), role("web", "i-0bad"), "sts", "AssumeRole", {"roleArn": f"arn:aws:iam::{MAIN}:role/r{i % 20}", "roleSessionName": "probe"},
              None, error="AccessDenied", ip="192.0.2.66", agent="Boto3/1.34.84")
    for i in range(8):
        event(at(2 * i, "07:45:00"), {"type": "SAMLUser", "principalId": f"idp:ana{i % 2}@example.org", "userName": f"ana{i % 2}@example.org", "identityProvider": "idp"}, "sts", "AssumeRoleWithSAML",
              {"roleArn": f"arn:aws:iam::{MAIN}:role/Saml", "principalArn": f"arn:aws:iam::{MAIN}:saml-provider/idp", "sAMLAssertionID": f"_{i}"},
              {"credentials": {"accessKeyId": f"ASIASAML{i:012d}"}, "subject": f"ana{i % 2}", "issuer": "https://idp.example.org"})
        event(at(2 * i, "05:45:00"), {"type": "WebIdentityUser", "principalId": "arn:aws:iam::1:oidc-provider/token:aud:repo", "userName": f"repo:org/app:ref:refs/heads/{['main', 'dev'][i % 2]}",
              "identityProvider": f"arn:aws:iam::{MAIN}:oidc-provider/token.actions.example.com"}, "sts", "AssumeRoleWithWebIdentity",
              {"roleArn": f"arn:aws:iam::{MAIN}:role/github", "roleSessionName": f"gh{i}"}, {"provider": "token.actions.example.com", "audience": "sts.amazonaws.com",
              "credentials": {"accessKeyId": f"ASIAWEB{i:013d}"}})
        event(at(2 * i, "05:46:00"), role("github", f"gh{i}", key=f"ASIAWEB{i:013d}", created=at(2 * i, "05:45:00"), webIdFederationData={
            "federatedProvider": f"arn:aws:iam::{MAIN}:oidc-provider/token.actions.example.com", "attributes": {"sub": f"repo:org/app{i % 3}", "aud": "sts.amazonaws.com"}}), "ecr", "PutImage",
              {"repositoryName": f"app{i % 3}", "imageTag": f"v{i}"}, {"image": {"imageId": {"imageDigest": f"sha256:{i}", "imageTag": f"v{i}"}}})


def others():
    kinds = [{"type": "FederatedUser", "principalId": f"{MAIN}:guest", "arn": f"arn:aws:sts::{MAIN}:federated-user/guest", "accountId": MAIN, "accessKeyId": "ASIAFED0000000000000",
              "sessionContext": {"sessionIssuer": {"type": "IAMUser", "principalId": "AIDAX", "arn": f"arn:aws:iam::{MAIN}:user/ana", "accountId": MAIN, "userName": "ana"}, "attributes": {"creationDate": "2024-04-19T10:00:00Z", "mfaAuthenticated": "true"}}},
             {"type": "IdentityCenterUser", "accountId": MAIN, "onBehalfOf": {"userId": "544894e8-80c1-707f-60e3-3ba6510dfac1", "identityStoreArn": f"arn:aws:identitystore::{MAIN}:identitystore/d-9067642ac7"}, "credentialId": "cred-1"},
             {"type": "AWSAccount", "principalId": "AROAEXT:x", "accountId": "999988887777"}, {"type": "Directory", "principalId": "d-1:joe", "accountId": MAIN, "userName": "joe"},
             {"type": "Unknown", "principalId": "anonymous"}, {"type": "Role", "principalId": "AROAR", "arn": f"arn:aws:iam::{MAIN}:role/plain", "accountId": MAIN},
             role("ec2-role", "i-0aaa", ec2RoleDelivery="2.0", ec2IssuedInVpc="vpc-1", sourceIdentity="ana@example.org"),
             {**service("lambda"), "inScopeOf": {"sourceArn": f"arn:aws:lambda:us-east-1:{MAIN}:function:f", "sourceAccount": MAIN, "issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": "x"}}]
    for i in range(64):
        event(at(i % 24, f"{i % 24:02d}:{i % 60:02d}:30"), kinds[i % 8], ["s3", "ec2", "lambda", "dynamodb"][i % 4], ["ListBuckets", "DescribeInstances", "Invoke", "GetItem"][i % 4],
              [None, {"instancesSet": {}, "maxResults": 50 + i}, {"functionName": f"f{i % 3}", "invocationType": "Event"}, {"tableName": "orders", "key": {"id": str(i)}, "consistentRead": i % 8 == 3}][i % 4], None,
              ip=["lambda.amazonaws.com", "AWS Internal", "198.51.100.3", "10.9.8.7"][(i // 8) % 4], data=i % 4 > 1, region=["us-east-1", "eu-west-1", "us-west-2", "eu-central-1"][i % 4])
    tags = lambda i: {"tagContext": {"resourceTags": [{"arn": f"arn:aws:s3:::tagged-{i % 3}", "tags": {"env": ["prod", "dev", "prod"][i % 3], "owner": f"o{i % 4}"}}] * (1 + i % 2), "principalTags": {"dept": ["fin", "ops"][i % 2]}},
                      "requestContext": {"aws:PrincipalType": "User", "aws:MultiFactorAuthPresent": str(i % 2 == 0).lower()}}
    for i in range(16):
        event(at(i, "14:14:14"), user(["ana", "chen"][i % 2]), "s3", ["PutBucketTagging", "GetBucketTagging"][i % 2], {"bucketName": f"tagged-{i % 3}"}, None, version="1.11",
              eventContext=tags(i) if i != 15 else {"tagContext": {}})
    for i in range(12):
        event(at(2 * i, "03:03:03"), user("emil"), "secretsmanager", ["GetSecretValue", "ListSecrets"][i % 2], {"secretId": f"db/{i}"} if i % 2 == 0 else None, None, vpcEndpointId=f"vpce-{i % 3}", vpcEndpointAccountId=MAIN,
              eventType="AwsVpceEvents", eventCategory="NetworkActivity", error=("VpceAccessDenied", "The request was denied due to a VPC endpoint policy") if i % 2 == 0 else None, addendum=
              {"reason": "DELIVERY_DELAY", "updatedFields": "a, b", "originalRequestID": f"q{i}", "originalEventID": uuid()} if i % 5 == 0 else None)
        event(at(2 * i, "04:04:04"), service("kms"), "kms", "RotateKey", None, None, serviceEventDetails={"keyId": f"{i % 4:08d}-1111-4222-8333-444444444444", "rotation": i, "ok": i % 3 != 0, "list": [1, 2.5, None, {"a": "b"}]}, eventType="AwsServiceEvent", ip="AWS Internal")
    for i, (source, name) in enumerate([("cloudtrail", "StopLogging"), ("cloudtrail", "StartLogging"), ("cloudtrail", "UpdateTrail"), ("cloudtrail", "PutEventSelectors"), ("guardduty", "DeleteDetector"),
                                        ("config", "StopConfigurationRecorder"), ("config", "DeleteDeliveryChannel"), ("ec2", "DeleteFlowLogs"), ("logs", "DeleteLogGroup"), ("securityhub", "DisableSecurityHub"), ("wafv2", "DeleteWebACL"),
                                        ("rds", "ModifyDBSnapshotAttribute"), ("lambda", "AddPermission20150331v2"), ("ec2", "CreateVpcPeeringConnection"), ("route53", "ChangeResourceRecordSets")]):
        event(at(6 + i, "21:21:21"), [user("emil"), role("Admin", "ana@example.org", mfa="true")][i % 2], source, name,
              {"name": "org-trail", "detectorId": "d1", "isMultiRegionTrail": i % 2 == 0, "changes": [{"action": "UPSERT", "record": {"name": f"h{k}.example.org", "ttl": 60 * k}} for k in range(i % 4)], "evaluations": [{"complianceType": "NON_COMPLIANT", "n": i}]}, None,
              error="AccessDenied" if i == 4 else None, annotation="checked by hand" if i == 3 else None)
    event(at(22, "09:09:09"), user("jürgen"), "s3", "PutObject", {"bucketName": "odd", "key": "a \"quoted\" \\ key/ü 日本.txt", "x": None, "empty": "", "list": [], "nested": {"b": 1, "a": {"z": [1.50, "1.50", True, None]}}},
          {"ETag": "\"abc\"", "big": 12345678901234567890, "tiny": 1e-7}, data=True, resources=[], apiVersion="2006-03-01")
    for i in range(3):
        del event(at(11, f"0{i}:00:00"), user("ana"), "sts", "GetCallerIdentity", None, None, version="1.02")["eventCategory"]
    out["trail"][-1]["userIdentity"] = None


def sessions():
    """People at work: clicks close together, then a break."""
    for who, day in [("ana", 14), ("bodil", 14), ("chen", 15), ("ana", 15)]:
        t = at(day, "09:00:00")
        for n in range(4):
            for k in range(3 + n):
                event(t, user(who), r.choice(["ec2", "s3", "iam", "lambda"]), r.choice(["DescribeInstances", "ListBuckets", "ListUsers", "ListFunctions20150331"]), None, None, ip=["203.0.113.5", "203.0.113.77"][n % 2],
                      agent="console.amazonaws.com", sessionCredentialFromConsole="true")
                t += timedelta(seconds=r.randrange(5, 600))
            t += timedelta(minutes=31 + 20 * n)


def leaked():
    """A build user's key in strange hands."""
    who, t = user("deploy-bot", key="AKIALEAKEDKEY0000001"), at(15, "13:37:00")
    for source, name, request, error in [
            ("sts", "GetCallerIdentity", None, None), ("iam", "ListUsers", None, "AccessDenied"), ("iam", "ListRoles", None, "AccessDenied"), ("iam", "GetAccountAuthorizationDetails", None, "AccessDenied"),
            ("s3", "ListBuckets", None, None), ("iam", "CreateUser", {"userName": "support-admin"}, None), ("iam", "AttachUserPolicy", {"userName": "support-admin", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}, None),
            ("iam", "CreateLoginProfile", {"userName": "support-admin", "passwordResetRequired": False}, None)] + [("s3", "GetObject", {"bucketName": "payroll", "key": f"export-{i}.csv"}, None) for i in range(30)]:
        event(t, who, source, name, request, {"user": {"userName": "support-admin", "userId": "AIDASUPPORT"}} if name == "CreateUser" else None, error=error, ip="203.0.113.66",
              agent="aws-cli/2.15.0 Python/3.11.6 Linux/6.5.0-kali3-amd64", data=name == "GetObject")
        t += timedelta(seconds=9)


def elsewhere():
    """The stores beside the trail."""
    for i in range(150):
        event(at(i % 24, f"{(i * 7) % 24:02d}:{i % 60:02d}:{(i * 13) % 60:02d}"), [user("kim", DEV), role("Admin", "bodil", DEV), user("lou", DEV), service("config")][i % 4], ["ec2", "iam", "s3"][i % 3],
              ["DescribeInstances", "ListUsers", "ListBuckets", "CreateUser"][i % 4], {"maxResults": i} if i % 4 == 0 else None, None, store="branch", account=DEV, region=["us-east-1", "eu-west-1", "ap-southeast-2"][i % 3],
              ip=["198.51.100.10", "203.0.113.5", "192.0.2.222"][i % 3], error="AccessDenied" if i % 10 == 9 else None)
    for rec in out["trail"][5:400:23]:  # kept in both stores
        out["branch"].append(rec)
    kinds = ["AWS::EC2::Instance", "AWS::S3::Bucket", "AWS::EC2::SecurityGroup", "AWS::IAM::Role"]
    for i in range(80):
        kind, n = kinds[i % 4], i % 12
        out["config"].append({"eventVersion": "1.0", "eventCategory": "ConfigurationItem", "eventType": "AwsConfigurationItem", "eventID": uuid(), "eventTime": at(i % 24, f"{i % 24:02d}:05:00").strftime("%Y-%m-%dT%H:%M:%SZ"),
                              "awsRegion": ["us-east-1", "eu-west-1"][i % 2], "recipientAccountId": MAIN, "addendum": None, "eventData": {
            "configurationItemVersion": "1.3", "configurationItemCaptureTime": at(i % 24, "00:01:00").strftime("%Y-%m-%dT%H:%M:%SZ"), "configurationItemStatus": ["OK", "OK", "ResourceDiscovered", "ResourceDeleted"][(i // 4) % 4],
            "configurationStateId": str(1700000000000 + i), "accountId": MAIN, "resourceType": kind, "resourceId": f"{kind[-4:].lower()}-{n}", "resourceName": f"name {n}", "ARN": f"arn:aws:x:::{kind[-4:].lower()}-{n}", "awsRegion": "us-east-1",
            "availabilityZone": "Regional", "configuration": {"instanceId": f"i-{n}", "instanceType": ["t3.micro", "m5.large"][i % 2], "state": {"name": "running"}, "securityGroups": [{"groupId": f"sg-{k}"} for k in range(i % 3)]} if i % 4 == 0 else
            {"name": f"b{n}", "owner": {"id": "x"}, "public": i % 8 == 1}, "supplementaryConfiguration": {}, "tags": {"env": ["prod", "dev"][i % 2]} if i % 5 else {}, "relatedEvents": [],
            "relationships": [{"name": "Is contained in Vpc", "resourceType": "AWS::EC2::VPC", "resourceId": f"vpc-{n % 3}", "resourceName": None}] if i % 4 in (0, 2) else []}})
    for i in range(60):
        out["partner"].append({"eventVersion": "1.0", "eventCategory": "ActivityAuditLog", "eventType": "ActivityLog", "eventID": uuid(), "eventTime": at(i % 24, f"{(5 * i) % 24:02d}:30:00").strftime("%Y-%m-%dT%H:%M:%SZ"), "awsRegion": "us-east-1",
                               "recipientAccountId": MAIN, "metadata": {"ingestionTime": "2024-05-01 00:00:00.000", "channelArn": f"arn:aws:cloudtrail:us-east-1:{MAIN}:channel/c1"}, "eventData": {
            "version": "1", "userIdentity": {"type": ["AppUser", "Robot"][i % 2], "principalId": f"u-{i % 6}", "details": {"team": ["ops", "fin", "dev"][i % 3]}}, "eventTime": at(i % 24).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventName": ["Login", "Logout", "Export", "Grant"][i % 4], "eventSource": "crm.example.com", "UID": f"uid-{i}", "requestParameters": {"rows": i * 10, "to": f"u-{(i + 1) % 6}"} if i % 4 > 1 else None,
            "sourceIPAddress": f"203.0.113.{i % 9}", "recipientAccountId": MAIN, **({"errorCode": "Denied"} if i % 7 == 6 else {})}})


def main(bulk):
    for path in sorted(glob.glob(os.path.join(bulk, "**", "*.json.gz"), recursive=True)):
        if "/CloudTrail/" in path:
            with gzip.open(path) as f:
                out["trail"] += json.load(f)["Records"]
    seen = set()
    out["trail"] = [x for x in out["trail"] if not (x["eventID"] in seen or seen.add(x["eventID"]))]
    bulk_size = len(out["trail"])
    for part in (signins, roots, iam, groups, machines, buckets, keys, chains, others, sessions, elsewhere, leaked):
        part()
    for name, records in out.items():
        records.sort(key=lambda x: x["eventTime"])
        text = '{"Records":[' + ",".join(json.dumps(x, separators=(",", ":"), ensure_ascii=False) for x in records) + "]}"
        with open(os.path.join(HERE, "stores", name + ".json.gz"), "wb") as f:
            f.write(gzip.compress(text.encode(), 9, mtime=0))
        print(f"{name}: {len(records)} events" + (f", {bulk_size} of them everyday ones" if name == "trail" else ""))


if __name__ == "__main__":
    main(sys.argv[1])
