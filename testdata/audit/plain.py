#!/usr/bin/env python3
"""Answers records of testdata/audit/*.slt with nothing but loops over the raw JSON.

    python3 testdata/audit/plain.py [-write]

A record that follows a line "# plain: NAME" is answered by the function of that name
below, and its rows are compared; the exit status is 1 when one differs. So the server
that truth.py asks, and the tables it makes, are checked by something that shares
nothing with them. With -write the rows of records with a "differs" line are written:
those have no other source.
"""
import collections
import datetime
import glob
import gzip
import json
import math
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
answers = {}


def answer(f):
    answers[f.__name__] = f
    return f


def events(store="trail"):
    with gzip.open(os.path.join(HERE, "stores", store + ".json.gz")) as f:
        return json.load(f)["Records"]


def dig(value, *path):
    """What lies at a path of keys, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(event, *path):
    """A value of a free-form field as the column has it."""
    value = dig(event, *path)
    return value if value is None or isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def when(event):
    return datetime.datetime.fromisoformat(event["eventTime"].rstrip("Z"))


def shown(moment):
    return moment.isoformat(" ", "milliseconds")


trail = events()


@answer
def busy_days():
    days = collections.defaultdict(lambda: [0, 0])
    for e in trail:
        days[when(e).date()][0] += 1
        days[when(e).date()][1] += "errorCode" in e
    return [(d, n, bad, math.floor(1000 * bad / n + .5) / 10) for d, (n, bad) in sorted(days.items())]


@answer
def weekdays():
    counts, dates = collections.Counter(), collections.defaultdict(set)
    for e in trail:
        counts[when(e).isoweekday()] += 1
        dates[when(e).isoweekday()].add(when(e).date())
    return [("Mon Tue Wed Thu Fri Sat Sun".split()[d - 1], counts[d], len(dates[d]), counts[d] // len(dates[d])) for d in sorted(counts)]


@answer
def no_second_factor():
    found = [e for e in trail if e["eventName"] == "ConsoleLogin" and text(e, "additionalEventData", "MFAUsed") == "No" and text(e, "responseElements", "ConsoleLogin") == "Success"]
    return [(shown(when(e)), dig(e, "userIdentity", "userName"), e["sourceIPAddress"], "No") for e in sorted(found, key=lambda e: (e["eventTime"], e["eventID"]))]


@answer
def root_use():
    found = [e for e in trail if dig(e, "userIdentity", "type") == "Root" and dig(e, "userIdentity", "invokedBy") is None and e.get("eventType", "AwsServiceEvent") != "AwsServiceEvent"
             and e.get("recipientAccountId") == "111122223333"]
    return [(shown(when(e)), e["eventName"], e["eventSource"], e["sourceIPAddress"], e.get("errorCode")) for e in sorted(found, key=lambda e: (e["eventTime"], e["eventName"], e["eventID"]))]


@answer
def refused_bursts():
    burst = collections.defaultdict(list)
    for e in trail:
        if e.get("errorCode") == "AccessDenied" and e["eventName"] == "AssumeRole":
            burst[when(e).replace(second=0), dig(e, "userIdentity", "arn")].append(text(e, "requestParameters", "roleArn"))
    return [(shown(m), arn, len(roles), len(set(roles) - {None})) for (m, arn), roles in sorted(burst.items()) if len(roles) > 5]


@answer
def open_ssh():
    rows = []
    for e in trail:
        if e["eventName"] != "AuthorizeSecurityGroupIngress" or "errorCode" in e:
            continue
        for p in dig(e, "requestParameters", "ipPermissions", "items") or []:
            for r in dig(p, "ipRanges", "items") or []:
                if r.get("cidrIp") == "0.0.0.0/0" and p["fromPort"] <= 22 <= p["toPort"]:
                    rows.append((shown(when(e)), dig(e, "userIdentity", "arn"), e["sourceIPAddress"], text(e, "requestParameters", "groupId"), p["ipProtocol"], p["fromPort"], p["toPort"], r["cidrIp"]))
    return sorted(rows, key=lambda r: (r[0], r[3], r[5]))


@answer
def short_lived_users():
    made, gone = {}, {}
    for e in trail:
        name = text(e, "requestParameters", "userName")
        if e["eventName"] == "CreateUser":
            made[name] = min(made.get(name, when(e)), when(e))
        if e["eventName"] == "DeleteUser":
            gone[name] = max(gone.get(name, when(e)), when(e))
    rows = []
    for name, t in sorted(made.items(), key=lambda x: (x[1], str(x[0]))):
        if name in gone and gone[name] > t:
            left, seconds = gone[name] - t, (gone[name] - t).seconds
            rows.append((name, shown(t), shown(gone[name]), f"{left.days} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"))
    return rows


@answer
def newest_alias():
    newest = {}
    for e in trail:
        key = text(e, "requestParameters", "targetKeyId")
        if e["eventSource"] == "kms.amazonaws.com" and e["eventName"] in ("CreateAlias", "UpdateAlias") and key is not None:
            newest[key] = max(newest.get(key, ("", "")), (e["eventTime"], text(e, "requestParameters", "aliasName")))
    return sorted((k, v[1]) for k, v in newest.items())


@answer
def started_machines():
    rows = collections.defaultdict(lambda: [0, 0])
    for e in trail:
        if e["eventName"] == "RunInstances" and "errorCode" not in e:
            row = rows[text(e, "requestParameters", "instanceType")]
            row[0] += len(dig(e, "responseElements", "instancesSet", "items") or [])
            row[1] += 1
    return [(k, *v) for k, v in sorted(rows.items(), key=lambda x: (x[0] is not None, x[0]))]


@answer
def used_keys():
    """Keys that role chains handed out, and what was done with each."""
    rows = []
    for a in trail:
        key = dig(a, "responseElements", "credentials", "accessKeyId")
        if a["eventName"] == "AssumeRole" and a["sourceIPAddress"] == "192.0.2.10":
            for b in trail:
                if key is not None and dig(b, "userIdentity", "accessKeyId") == key:
                    later = (when(b) - when(a)).seconds
                    rows.append((shown(when(a)), dig(a, "userIdentity", "arn"), text(a, "requestParameters", "roleArn"), key, b["eventName"], f"0 {later // 3600:02d}:{later // 60 % 60:02d}:{later % 60:02d}.000", b["eventTime"]))
    return [r[:-1] for r in sorted(rows, key=lambda r: (r[0], r[-1]))]


@answer
def tls_versions():
    counts = collections.Counter((dig(e, "tlsDetails", "tlsVersion"), dig(e, "tlsDetails", "cipherSuite")) for e in trail if e.get("tlsDetails") is not None)
    return [(*k, n) for k, n in sorted(counts.items(), key=lambda x: (-x[1], x[0]))]


@answer
def first_seen():
    """The first call of each user."""
    first = {}
    for e in trail:
        arn = dig(e, "userIdentity", "arn")
        if arn is not None:
            first[arn] = min(first.get(arn, e["eventTime"]), e["eventTime"])
    found = [e for e in trail if dig(e, "userIdentity", "type") == "IAMUser" and first.get(dig(e, "userIdentity", "arn")) == e["eventTime"]]
    return sorted((shown(when(e)), dig(e, "userIdentity", "arn"), e["eventName"]) for e in found)[:6]


def cell(v):
    """A value as the files write it."""
    if v is None:
        return "NULL"
    if isinstance(v, bool):
        return str(v).lower()
    return str(v).replace("\n", "\\n").replace("\t", "\\t") or "(empty)"


def main(write):
    bad, used = 0, set()
    for path in sorted(glob.glob(os.path.join(HERE, "*.slt"))):
        blocks = open(path, encoding="utf-8").read().split("\n\n")
        for i, block in enumerate(blocks):
            name = re.search(r"^# plain: (\w+)$", block, re.M)
            if not name:
                if re.search(r"^differs ", block, re.M) and "\nquery " in "\n" + block:
                    sys.exit(f"{path}: a record that differs from Trino has no answer of plain.py:\n{block}")
                continue
            head, _, have = block.rstrip("\n").partition("\n----\n")
            want = ["\t".join(map(cell, row)) for row in answers[name[1]]()]
            have = have.split("\n") if have else []
            if re.search(r"^query \S+ rowsort$", block, re.M):
                want, have = sorted(want), sorted(have)
            used.add(name[1])
            if want == have:
                continue
            if write and re.search(r"^differs ", block, re.M):
                blocks[i] = "\n".join([head.removesuffix("\n----"), "----"] + want) + "\n" * block.endswith("\n")
                continue
            bad += 1
            print(f"{path}: {name[1]}\n" + "\n".join(have) + "\nwant:\n" + "\n".join(want))
        if write:
            open(path, "w", encoding="utf-8").write("\n\n".join(blocks))
    if unused := set(answers) - used:
        sys.exit(f"no record asks for {sorted(unused)}")
    print(f"{len(used)} records answered from the raw JSON, {bad} differ")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main("-write" in sys.argv[1:])
