"""Events through a channel with boto3: argv is the endpoint and the events as JSON; prints what it was told, as JSON."""
import json, sys, time
import boto3

url, events = sys.argv[1], json.loads(sys.argv[2])
ct = boto3.client("cloudtrail", endpoint_url=url, region_name="us-east-1")
data = boto3.client("cloudtrail-data", endpoint_url=url, region_name="us-east-1")


def make(name, start):
    return ct.create_event_data_store(
        Name=name, RetentionPeriod=3653, MultiRegionEnabled=False, StartIngestion=start,
        AdvancedEventSelectors=[{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["ActivityAuditLog"]}]}])["EventDataStoreArn"]


store = make("apps", True)
channel = ct.create_channel(Name="mine", Source="Custom", Destinations=[{"Type": "EVENT_DATA_STORE", "Location": store}])["ChannelArn"]


def put(arn, list):
    out = data.put_audit_events(channelArn=arn, auditEvents=list)
    return {"Successful": out["successful"], "Failed": out["failed"]}


raised = []


def fails(name, arn, list):
    try:
        put(arn, list)
    except getattr(data.exceptions, name) as e:
        raised.append(e.response["Error"]["Code"])


first, again = put(channel, events), put(channel, events)
query = ct.start_query(QueryStatement="SELECT count(*) FROM apps")["QueryId"]
while ct.describe_query(QueryId=query)["QueryStatus"] in ("QUEUED", "RUNNING"):
    time.sleep(0.02)
count = ct.get_query_results(QueryId=query)["QueryResultRows"][0][0]["_col0"]
one = [events[0]]
fails("ChannelNotFound", channel[:-12] + "000000000000", one)
fails("DuplicatedAuditEventId", channel, one * 2)
fails("InvalidChannelARN", "arn:x", one)
quiet = ct.create_channel(Name="quiet", Source="GitHub", Destinations=[{"Type": "EVENT_DATA_STORE", "Location": make("stopped", False)}])["ChannelArn"]
fails("UnsupportedOperationException", quiet, one)
print(json.dumps({"First": first, "Again": again, "Count": count, "Raised": raised}))
