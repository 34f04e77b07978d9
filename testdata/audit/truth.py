#!/usr/bin/env python3
"""Records the answers of testdata/audit/*.slt from a real Trino server.

    python3 testdata/audit/truth.py -server URL [-version V] [-check] [FILE…]

The raw JSON of the events in stores/ is loaded into Trino's memory catalog twice:
as tables with the columns of an event data store (for lake*.slt) and as tables with
those of the Athena table of a trail (for athena*.slt; free-form fields are JSON text,
times are ISO 8601 text, partitions are columns of the event's time). Every record is
run there as it stands, but for what Trino has no word for (see rewrite): the clock,
which stands still in the tests, and in lake*.slt times compared with text. A record
may give its statement for Trino by hand, in comment lines before it that begin with
"# trino: ", where the lake's own habits go further.

Types and rows are written into the files; the statements stay. With -check nothing is
written and what differs is printed. Records with a "differs" line are left alone: their
answer is computed from the raw JSON by plain.py, which also checks some of the others.
"""
import argparse
import gzip
import json
import os
import re
import sys
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = "2024-05-06 07:08:09.123"  # slttest.Now
STORES = ("trail", "branch", "config", "partner")
FREEFORM = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "addendum", "edgeDeviceDetails", "insightDetails")
TEXTS = ("eventVersion eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage requestID eventID eventType apiVersion "
         "recipientAccountId sharedEventID annotation vpcEndpointId vpcEndpointAccountId eventCategory sessionCredentialFromConsole").split()
MAP = "map(varchar, varchar)"
ISSUER = "row(type varchar, principalid varchar, arn varchar, accountid varchar, username varchar)"


def identity(time, lake):
    """The type of useridentity; the two kinds of table order its fields differently."""
    web = f"row(federatedprovider varchar, attributes {MAP})"
    if not lake:
        return (f"row(type varchar, principalid varchar, arn varchar, accountid varchar, invokedby varchar, accesskeyid varchar, username varchar, onbehalfof row(userid varchar, identitystorearn varchar), "
                f"sessioncontext row(attributes row(mfaauthenticated varchar, creationdate {time}), sessionissuer {ISSUER}, ec2roledelivery varchar, webidfederationdata {web}))")
    return (f"row(type varchar, principalid varchar, arn varchar, accountid varchar, accesskeyid varchar, username varchar, sessioncontext row(attributes row(creationdate {time}, mfaauthenticated varchar), "
            f"sessionissuer {ISSUER}, webidfederationdata {web}, sourceidentity varchar, ec2roledelivery varchar, ec2issuedinvpc varchar), onbehalfof row(userid varchar, identitystorearn varchar), "
            "inscopeof row(sourcearn varchar, sourceaccount varchar, issuertype varchar, credentialsissuedto varchar), invokedby varchar, identityprovider varchar, credentialid varchar)")


# The columns of an event data store: name, type as loaded, type.
LAKE = [("eventversion", "varchar"), ("useridentity", None), ("eventtime", "timestamp(3)"), ("eventsource", "varchar"), ("eventname", "varchar"), ("awsregion", "varchar"), ("sourceipaddress", "varchar"),
        ("useragent", "varchar"), ("errorcode", "varchar"), ("errormessage", "varchar"), ("requestparameters", MAP), ("responseelements", MAP), ("additionaleventdata", MAP), ("requestid", "varchar"),
        ("eventid", "varchar"), ("readonly", "boolean"), ("resources", "array(row(accountid varchar, type varchar, arn varchar, arnprefix varchar))"), ("eventtype", "varchar"), ("apiversion", "varchar"),
        ("managementevent", "boolean"), ("recipientaccountid", "varchar"), ("sharedeventid", "varchar"), ("annotation", "varchar"), ("vpcendpointid", "varchar"), ("vpcendpointaccountid", "varchar"),
        ("serviceeventdetails", MAP), ("addendum", MAP), ("edgedevicedetails", MAP), ("insightdetails", MAP), ("eventcategory", "varchar"),
        ("tlsdetails", "row(tlsversion varchar, ciphersuite varchar, clientprovidedhostheader varchar)"), ("sessioncredentialfromconsole", "varchar"), ("eventjson", "varchar"), ("eventjsonchecksum", "varchar"),
        ("eventcontext", f"row(requestcontext {MAP}, tagcontext row(resourcetags array(row(arn varchar, tags {MAP})), principaltags {MAP}))")]
# What the stores of other kinds have beside: the service's struct eventdata.
DATA = {
    "config": f"row(configurationitemversion varchar, configurationitemcapturetime varchar, configurationitemstatus varchar, accountid varchar, resourcetype varchar, resourceid varchar, resourcename varchar, arn varchar, awsregion varchar, "
              f"availabilityzone varchar, configuration {MAP}, supplementaryconfiguration {MAP}, tags {MAP}, relatedevents varchar, relationships varchar)",
    "partner": f"row(version varchar, useridentity row(type varchar, principalid varchar, details {MAP}), eventtime varchar, eventname varchar, eventsource varchar, uid varchar, requestparameters {MAP}, errorcode varchar, sourceipaddress varchar, recipientaccountid varchar)",
}
TEXT_FREEFORM = [(f.lower(), "varchar") for f in FREEFORM]
ATHENA = ([(t.lower(), "varchar") for t in TEXTS] + [("useridentity", None), ("eventtime", "varchar"), ("readonly", "varchar"), ("managementevent", "varchar"), ("resources", "array(row(arn varchar, accountid varchar, type varchar))"),
          ("tlsdetails", "row(tlsversion varchar, ciphersuite varchar, clientprovidedhostheader varchar)")] + TEXT_FREEFORM +
          [(p, "varchar") for p in ("year", "month", "day", "hour", "timestamp", "date", "dt", "date_partition", "event_date", "region", "region_partition", "account", "account_id", "accountid", "account_partition")])


def compact(v):
    return json.dumps(v, separators=(",", ":"), ensure_ascii=False)


def bare(v):
    """A value of a free-form map: text bare, anything else as its JSON."""
    return v if v is None or isinstance(v, str) else compact(v)


def freeform(v):
    return None if v is None else {k: bare(x) for k, x in v.items()}


def lowered(v):
    """A struct's fields are named in lower case; scalars are text."""
    if isinstance(v, dict):
        return {k.lower(): lowered(x) for k, x in v.items()}
    if isinstance(v, list):
        return [lowered(x) for x in v]
    return bare(v)


def moment(text):
    return text and text.replace("T", " ").rstrip("Z")


def person(v, time):
    if v is None:
        return None
    out = lowered(v)
    context = out.get("sessioncontext") or {}
    if "creationdate" in context.get("attributes", {}):
        context["attributes"]["creationdate"] = time(context["attributes"]["creationdate"])
    web = v.get("sessionContext", {}).get("webIdFederationData")
    if web and "attributes" in web:
        context["webidfederationdata"]["attributes"] = freeform(web["attributes"])
    return out


def lake_row(e):
    import hashlib
    row = {t.lower(): bare(e.get(t)) for t in TEXTS} | {f.lower(): freeform(e.get(f)) for f in FREEFORM}
    text = compact(e)
    row |= {"useridentity": person(e.get("userIdentity"), moment), "eventtime": moment(e.get("eventTime")), "readonly": e.get("readOnly"), "managementevent": e.get("managementEvent"),
            "resources": lowered(e.get("resources")), "tlsdetails": lowered(e.get("tlsDetails")), "eventjson": text, "eventjsonchecksum": hashlib.sha256(text.encode()).hexdigest()}
    if "eventContext" in e:
        c = e["eventContext"]
        tags = c.get("tagContext")
        row["eventcontext"] = {"requestcontext": freeform(c.get("requestContext")), "tagcontext": tags is not None and {
            "resourcetags": tags.get("resourceTags") and [{"arn": t["arn"], "tags": freeform(t["tags"])} for t in tags["resourceTags"]], "principaltags": freeform(tags.get("principalTags"))}}
    if "eventData" in e:
        d = e["eventData"]
        row["eventdata"] = {k.lower(): freeform(v) if k in ("configuration", "supplementaryConfiguration", "tags", "requestParameters") else bare(v) for k, v in d.items()}
        if "userIdentity" in d:
            row["eventdata"]["useridentity"] = {**lowered(d["userIdentity"]), "details": freeform(d["userIdentity"]["details"])}
    return row


def athena_row(e):
    t = e["eventTime"]
    day, account = t[:10], e.get("recipientAccountId")
    row = {k.lower(): bare(e.get(k)) for k in TEXTS} | {f.lower(): None if e.get(f) is None else compact(e[f]) for f in FREEFORM}
    return row | {"useridentity": person(e.get("userIdentity"), str), "eventtime": t, "readonly": bare(e.get("readOnly")), "managementevent": bare(e.get("managementEvent")), "resources": lowered(e.get("resources")),
                  "tlsdetails": lowered(e.get("tlsDetails")), "year": t[:4], "month": t[5:7], "day": t[8:10], "hour": t[11:13], "region": e["awsRegion"], "region_partition": e["awsRegion"],
                  "account": account, "account_id": account, "accountid": account, "account_partition": account,
                  **{k: day.replace("-", "/") for k in ("timestamp", "date", "dt", "date_partition", "event_date")}}


def events(store):
    with gzip.open(os.path.join(HERE, "stores", store + ".json.gz")) as f:
        return json.load(f)["Records"]


class Trino:
    def __init__(self, server, schema):
        self.server, self.schema = server, schema

    def run(self, sql):
        """Names of columns, their type signatures, and rows, or a RuntimeError in Trino's words."""
        request = urllib.request.Request(self.server + "/v1/statement", sql.encode(), {
            "X-Trino-User": "tester", "X-Trino-Catalog": "memory", "X-Trino-Schema": self.schema, "X-Trino-Time-Zone": "UTC", "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME,PATH"})
        names, columns, rows = [], [], []
        while True:
            # numbers keep the text that Trino sent
            page = json.loads(urllib.request.urlopen(request).read(), parse_float=Number, parse_int=Number)
            if page.get("error"):
                raise RuntimeError(page["error"]["message"])
            columns = columns or [c["typeSignature"] for c in page.get("columns", [])]
            names = names or [c["name"] for c in page.get("columns", [])]
            rows += page.get("data") or []
            if "nextUri" not in page:
                return names, columns, rows
            request = urllib.request.Request(page["nextUri"])


class Number(str):
    pass


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def load(trino, store, columns, lake, rows):
    """Makes a table of rows: each goes over as JSON text and is cast to the columns' types."""
    trino.run("CREATE TABLE IF NOT EXISTS raw (n varchar)")
    trino.run("DROP TABLE raw")
    trino.run("CREATE TABLE raw (n varchar)")
    batch, size = [], 0
    for text in [literal(compact(x)) for x in rows] + [None]:
        if text is None or size + len(text) > 700_000:
            trino.run("INSERT INTO raw VALUES " + ", ".join(f"({x})" for x in batch))
            batch, size = [], 0
        batch.append(text)
        size += len(text or "") + 4
    types = [(n, t or identity("timestamp(3)" if lake else "varchar", lake)) for n, t in columns]
    if store in DATA and lake:
        types.append(("eventdata", DATA[store]))
    loose = ", ".join(f'"{n}" {identity("varchar", lake) if n == "useridentity" else t.replace("timestamp(3)", "varchar")}' for n, t in types)
    strict = ", ".join(f'"{n}" {t}' for n, t in types)
    fields = ", ".join(f'r."{n}" AS "{n}"' for n, _ in types)
    trino.run(f"CREATE TABLE {store} AS SELECT {fields} FROM (SELECT cast(cast(json_parse(n) AS row({loose})) AS row({strict})) AS r FROM raw)")
    trino.run("DROP TABLE raw")


TIME = r"'(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?Z?)?'"


def rewrite(sql, lake):
    sql = re.sub(r"(?i)\bnow\s*\(\s*\)|\bcurrent_timestamp\b(?!\s*\()", f"timestamp '{NOW} UTC'", sql)
    sql = re.sub(r"(?i)\blocaltimestamp\b", f"timestamp '{NOW}'", sql)
    sql = re.sub(r"(?i)\bcurrent_date\b", f"date '{NOW[:10]}'", sql).rstrip().rstrip(";")
    if not lake:
        return sql
    time = lambda m: f"timestamp '{m[1]} {m[2] or '00:00:00'}'"
    compared = rf"(?i)(\beventTime\s*(?:<>|<=|>=|!=|=|<|>)\s*|\beventTime\s+(?:NOT\s+)?BETWEEN\s+){TIME}"
    sql = re.sub(compared, lambda m: m[1] + re.sub(TIME, time, m[0][len(m[1]):]), sql)
    return re.sub(rf"(?i)(\beventTime\s+(?:NOT\s+)?BETWEEN\s+timestamp '[^']*'\s+AND\s+){TIME}", lambda m: m[1] + re.sub(TIME, time, m[0][len(m[1]):]), sql)


def letter(t):
    raw = t["rawType"]
    for letters, names in {"U": ["unknown"], "B": ["boolean"], "I": ["tinyint", "smallint", "integer", "bigint"], "R": ["real", "double", "decimal"], "T": ["varchar", "char", "json"], "N": ["array", "map", "row"]}.items():
        if raw in names:
            return letters
    return "D" if re.match("date|time|interval", raw) else "X"


def show(t, v):
    """A value as results show it: rows and maps as {a=1, b=null}, the entries of maps by their text."""
    if v is None:
        return "null"
    raw, args = t["rawType"], [a["value"] for a in t["arguments"]]
    if raw == "array":
        return "[" + ", ".join(show(args[0], x) for x in v) + "]"
    if raw == "map":
        return "{" + ", ".join(sorted(f"{k}={show(args[1], x)}" for k, x in v.items())) + "}"
    if raw == "row":
        return "{" + ", ".join(f"{(a.get('fieldName') or {}).get('name', 'field' + str(i))}={show(a['typeSignature'], x)}" for i, (a, x) in enumerate(zip(args, v))) + "}"
    return {True: "true", False: "false"}[v] if isinstance(v, bool) else v


ISO = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z")


def cell(t, v, lake):
    if v is None:
        return "NULL"
    text = show(t, v)
    if not lake and (letter(t) == "N" or letter(t) == "T" and ISO.fullmatch(text)):
        text = ISO.sub(r"\1 \2.000", text)  # a store's eventtime is a timestamp, Athena's is text
    return text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") or "(empty)"


def typed(x, name, values):
    values = [v for v in values if v is not None]
    if x == "T" and values and all(ISO.fullmatch(v) for v in values):
        return "D"
    return "B" if name in ("readonly", "managementevent") else x


def record(trino, path, lake, check):
    """Answers every record of a file; returns how many, and how many differ."""
    lines = open(path, encoding="utf-8").read().split("\n")
    out, i, count, wrong, version = [], 0, 0, 0, None
    by_hand, skip = [], False
    while i < len(lines):
        line = lines[i]
        i += 1
        out.append(line)
        if line.startswith("# trino: "):
            by_hand.append(line[len("# trino: "):])
        elif line.startswith("differs "):
            skip = True
        elif line.strip() == "":
            by_hand = []
        elif line.startswith(("query ", "statement error ")):
            sql, rows = [], []
            while i < len(lines) and lines[i].strip() and lines[i] != "----":
                sql.append(lines[i])
                i += 1
            if i < len(lines) and lines[i] == "----":
                i += 1
            while i < len(lines) and lines[i].strip():
                rows.append(lines[i])
                i += 1
            count += 1
            if skip:
                out += sql + ["----"] * bool(rows) + rows
            else:
                head, answer = ask(trino, "\n".join(by_hand or sql), line, lake)
                if head is None:
                    print(f"{path}: cannot be recorded: {answer}\n" + "\n".join(sql) + "\n")
                    head, answer, wrong = line, rows, wrong + 1
                elif (head, answer) != (line, sorted(rows) if line.endswith("rowsort") else rows):
                    wrong += check
                    if check:
                        print(f"{path}: {line}\n" + "\n".join(sql) + f"\nTrino says: {head}\n" + "\n".join(answer) + "\n")
                out[-1] = head
                out += sql + ["----"] * bool(answer) + answer
            by_hand, skip = [], False
    if not check:
        open(path, "w", encoding="utf-8").write("\n".join(out))
    return count, wrong


def ask(trino, sql, line, lake):
    try:
        names, columns, rows = trino.run(rewrite(sql, lake))
    except RuntimeError as err:
        if line.startswith("statement"):
            pattern = line.removeprefix("statement error ")
            if pattern != "?" and re.search(pattern, str(err)):
                return line, []  # it says as much as a store can: a table's name, overloads of types that there are
            return "statement error " + re.escape(str(err).split("\n")[0]).replace("\\ ", " "), []
        return None, str(err)
    if line.startswith("statement"):
        return None, "Trino does not fail"
    answer = ["\t".join(cell(t, v, lake) for t, v in zip(columns, row)) for row in rows]
    letters = "".join(letter(c) for c in columns)
    if not lake:  # what is text in Athena's table and has a type in a store
        letters = "".join(typed(x, name, [row[i] for row in rows]) for i, (x, name) in enumerate(zip(letters, names)))
    if line.endswith("rowsort"):
        return f"query {letters} rowsort", sorted(answer)
    return f"query {letters}", answer


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-server", required=True)
    p.add_argument("-version", default="483")
    p.add_argument("-check", action="store_true")
    p.add_argument("files", nargs="*")
    a = p.parse_args()
    names = a.files or sorted(os.path.join(HERE, f) for f in os.listdir(HERE) if f.endswith(".slt"))
    total = bad = 0
    for kind in ("lake", "athena"):
        mine = [n for n in names if os.path.basename(n).startswith(kind)]
        if not mine:
            continue
        trino = Trino(a.server, f"audit_{kind}_{os.getpid()}")
        trino.run(f"CREATE SCHEMA {trino.schema}")
        try:
            for store in STORES[:None if kind == "lake" else 2]:
                load(trino, store, LAKE if kind == "lake" else ATHENA, kind == "lake", [lake_row(e) if kind == "lake" else athena_row(e) for e in events(store)])
            for name in mine:
                n, wrong = record(trino, name, kind == "lake", a.check)
                total, bad = total + n, bad + wrong
        finally:
            for store in STORES + ("raw",):
                trino.run(f"DROP TABLE IF EXISTS {store}")
            trino.run(f"DROP SCHEMA {trino.schema}")
    print(f"{total} records of {len(names)} files, {bad} {'differences' if a.check else 'not recorded'}")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
