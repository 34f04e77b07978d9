"""Reads the segments of a store with DuckDB: argv is a glob of Parquet files; prints counts as JSON."""
import json, sys
import duckdb

files = f"read_parquet({sys.argv[1]!r})"
print(json.dumps({
    "rows": duckdb.sql(f"SELECT count(*) FROM {files}").fetchall()[0][0],
    "names": dict(duckdb.sql(f"SELECT eventname, count(*) FROM {files} GROUP BY 1").fetchall()),
    # Nested columns under the same names as in SQL: rows, maps and times.
    "arns": duckdb.sql(f"SELECT count(useridentity.arn) FROM {files}").fetchall()[0][0],
    "buckets": duckdb.sql(f"SELECT count(*) FROM {files} WHERE requestparameters['bucketName'] IS NOT NULL").fetchall()[0][0],
    "time": str(duckdb.sql(f"SELECT typeof(eventtime) FROM {files} LIMIT 1").fetchall()[0][0]),
}))
