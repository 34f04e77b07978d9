"""The main job through boto3: argv is the endpoint; prints rows by name and what a second import adds, as JSON."""
import json, sys, time
import boto3

ct = boto3.client("cloudtrail", endpoint_url=sys.argv[1], region_name="eu-central-1")


def ended(call, **name):
    for _ in range(3000):
        out = call(**name)
        status = out.get("ImportStatus") or out.get("QueryStatus")
        if status in ("COMPLETED", "FAILED", "STOPPED", "FINISHED", "CANCELLED", "TIMED_OUT"):
            return out, status
        time.sleep(0.02)
    raise SystemExit("did not end: %s" % name)


def query(sql):
    qid = ct.start_query(QueryStatement=sql)["QueryId"]
    out, status = ended(ct.describe_query, QueryId=qid)
    assert status == "FINISHED", out
    rows, token = [], None
    while True:
        page = ct.get_query_results(QueryId=qid, MaxQueryResults=7, **({"NextToken": token} if token else {}))
        assert page["QueryStatistics"]["ResultsCount"] == len(page["QueryResultRows"])
        rows += [[next(iter(cell.values())) for cell in row] for row in page["QueryResultRows"]]
        token = page.get("NextToken")
        if not token:
            assert page["QueryStatistics"]["TotalResultsCount"] == len(rows)
            return rows


made = ct.create_event_data_store(Name="boto3", RetentionPeriod=3653, TerminationProtectionEnabled=False)
assert made["Status"] == "CREATED", made
arn = made["EventDataStoreArn"]
source = {"S3": {"S3LocationUri": "s3://trails/AWSLogs/", "S3BucketRegion": "us-east-1",
                 "S3BucketAccessRoleArn": "arn:aws:iam::111122223333:role/import"}}


def load():
    out, status = ended(ct.get_import, ImportId=ct.start_import(Destinations=[arn], ImportSource=source)["ImportId"])
    assert status == "COMPLETED", out
    return out["ImportStatistics"]["EventsCompleted"]


first, second = load(), load()
names = query(f"SELECT eventName, count(*) FROM {arn.rsplit('/', 1)[1]} GROUP BY 1")
nulls = query("SELECT CAST(NULL AS varchar)")
try:
    ct.start_query(QueryStatement="SELECT nonsense FROM boto3")
    error = None
except ct.exceptions.InvalidQueryStatementException as e:
    error = e.response["Error"]["Message"]
bad = boto3.client("cloudtrail", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="AKIATESTROOT00000001", aws_secret_access_key="wrong")
try:
    bad.list_event_data_stores()
    refused = None
except Exception as e:
    refused = e.response["Error"]["Code"]
print(json.dumps({"first": first, "second": second, "names": dict((n, int(c)) for n, c in names), "null": nulls[0][0], "error": error, "refused": refused}))
