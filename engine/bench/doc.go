// Command bench times the lake and DuckDB at the same questions over the same
// events: on one machine, in one run, in one process, in turns. It prints
//
//	name ours_ms peer_ms ratio
//
// for each case (above 1: the lake is faster), everything else on lines that begin
// with #, and fails when two answers differ. It is a module of its own: DuckDB needs
// cgo, which the lake does not.
//
// # What is timed
//
// Ours: from StartQuery to the last batch of its result, which is spooled as for any
// user. DuckDB: from the query to its last Arrow batch; where a file is asked for,
// both write one. Both are warm: a case is run once before it is timed, and both
// keep open what they keep open. DuckDB has as many threads as there are cores and
// remembers the footers of its files.
//
// # The data
//
// A trail of trailgen is imported into a lake. DuckDB's file has the same rows and
// columns, in order of time, written by DuckDB as ZSTD Parquet with its default row
// groups: made of the lake's segments, so that both have the same rows whatever an
// importer does. Its ingest is timed apart, from the trail's files with read_json.
package main
