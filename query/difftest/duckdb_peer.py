"""Answers statements with DuckDB: a line of JSON in, a line of JSON out.

{"script": [...]} runs statements on a fresh database; {"sql": ...} answers one.
"""
import datetime
import decimal
import json
import sys

import duckdb


def value(v):
    if isinstance(v, bool) or v is None or isinstance(v, str):
        return v
    if isinstance(v, int):
        return str(v)
    if isinstance(v, float):
        return {"double": repr(v)}
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, datetime.datetime):
        return v.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(v, datetime.date):
        return v.isoformat()
    if isinstance(v, list):
        return [value(e) for e in v]
    return str(v)


db = None
for line in sys.stdin:
    ask = json.loads(line)
    try:
        if "script" in ask:
            db = duckdb.connect()
            db.execute("SET threads = 1")
            db.execute("SET order_by_non_integer_literal = true")
            for sql in ask["script"]:
                db.execute(sql)
            answer = {"rows": []}
        else:
            answer = {"rows": [[value(v) for v in row] for row in db.execute(ask["sql"]).fetchall()]}
    except Exception as e:
        answer = {"error": str(e), "kind": type(e).__name__}
    print(json.dumps(answer), flush=True)
