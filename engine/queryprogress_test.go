package engine

import "testing"

// DescribeQuery tells how far a query is, and never more than there is.
func TestQueryProgress(t *testing.T) {
	l, held := openHeld(t, 4)
	l.generate(12_000, 12) // a segment, of one row group, for each day
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	id := l.start("SELECT eventid FROM audit WHERE eventtime < '2026-03-30' AND eventtime > '2026-03-22'")
	<-held.reached
	d, err := l.DescribeQuery(t.Context(), Principal{}, QueryRef{QueryID: id})
	if err != nil {
		t.Fatal(err)
	}
	segments := d.Segments - d.SegmentsPruned
	if d.Status != QueryRunning || d.RowGroupsTotal != segments || d.RowGroupsDone < 1 || d.RowGroupsDone >= d.RowGroupsTotal {
		t.Errorf("in the middle: %s, %d of %d row groups in %d segments", d.Status, d.RowGroupsDone, d.RowGroupsTotal, segments)
	}
	if d.ResultRows == 0 || d.ResultRows >= 8000 {
		t.Errorf("in the middle: %d rows", d.ResultRows)
	}
	close(held.letGo)
	end := l.waitQuery(id)
	if end.RowGroupsDone != end.RowGroupsTotal || end.RowGroupsTotal != d.RowGroupsTotal || end.RowGroups != end.RowGroupsTotal || end.ResultRows <= d.ResultRows {
		t.Errorf("at the end: %d of %d row groups, %d opened, %d rows", end.RowGroupsDone, end.RowGroupsTotal, end.RowGroups, end.ResultRows)
	}
}

// What is pruned counts as done, whether whole segments, row groups or the rows
// that a sieve refused.
func TestQueryProgressCountsWhatIsPruned(t *testing.T) {
	l := openLake(t, nil)
	l.generate(12_000, 12)
	l.create("audit", 3653)
	l.importAll(l.mustFind("audit"))
	for _, sql := range []string{
		"SELECT * FROM audit WHERE eventname = 'NoSuchName'", "SELECT count(*) FROM audit WHERE eventid = '7a000000-0000-4000-8000-000000000000'",
		"SELECT * FROM audit WHERE eventtime > '2027-01-01'", "SELECT * FROM audit ORDER BY eventtime DESC LIMIT 3",
		"SELECT a.eventid FROM audit a JOIN audit b ON a.eventid = b.eventid", "SELECT 1",
	} {
		id := l.start(sql)
		if d := l.waitQuery(id); d.Status != QueryFinished || d.RowGroupsDone != d.RowGroupsTotal {
			t.Errorf("%s: %s, %d of %d row groups done", sql, d.Status, d.RowGroupsDone, d.RowGroupsTotal)
		}
	}
}
