package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/traillake/traillake/ingest/event"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
	"github.com/traillake/traillake/storage/segment"
)

// Columns that are not in the files but made when read.
const (
	checksumColumn = "eventjsonchecksum" // SHA-256 of eventjson, lower-case hex
	commitColumn   = event.CommitColumn  // version of the store that added the row
	segmentColumn  = "$segment"          // id of the segment that holds the row
)

// virtualTypes are the types of the made columns.
var virtualTypes = map[string]types.Type{
	checksumColumn: types.VarcharType,
	commitColumn:   types.BigIntType,
	segmentColumn:  types.VarcharType,
}

// ingestTimeColumn tells the age of rows that have no time of their own.
const ingestTimeColumn = "$ingest_time"

// column is a column of a table.
type column struct {
	plan.TableColumn
	virtual bool
	key     string // of the record's field whose text the column is, or ""
}

func newTable(s *store, snapshot *pinned, now time.Time) (*table, error) {
	columns, err := familyColumns(s.family)
	if err != nil {
		return nil, err
	}
	return &table{store: s, snapshot: snapshot, cutoff: s.cutoff(now), columns: columns}, nil
}

// familyColumns gives the columns of a family their SQL types.
func familyColumns(f *event.Family) ([]column, error) {
	out := make([]column, 0, len(f.Columns))
	for _, c := range f.Columns {
		t, ok := virtualTypes[c.Name]
		if !c.Virtual {
			at := f.Schema.FieldIndices(c.Name)
			if len(at) != 1 {
				return nil, fmt.Errorf("family %s: column %s is not in its schema", f.Name, c.Name)
			}
			var err error
			if t, err = types.FromField(f.Schema.Field(at[0])); err != nil {
				return nil, fmt.Errorf("family %s: column %s: %w", f.Name, c.Name, err)
			}
		} else if c.Key != "" {
			t = types.VarcharType
		} else if !ok {
			return nil, fmt.Errorf("family %s: nothing makes column %s", f.Name, c.Name)
		}
		out = append(out, column{TableColumn: plan.TableColumn{Name: c.Name, Type: t, Hidden: c.Hidden, Text: c.Text, Wide: c.Name == f.PayloadColumn || c.Key != "" || c.Name == checksumColumn}, virtual: c.Virtual, key: c.Key})
	}
	return out, nil
}

// Name implements plan.Table.
func (t *table) Name() string { return t.store.record.Load().Name }

// Columns implements plan.Table.
func (t *table) Columns() []plan.TableColumn {
	out := make([]plan.TableColumn, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.TableColumn
	}
	return out
}

// Searches implements plan.Searcher: what the files hold is searched where it is read.
func (t *table) Searches(c plan.ColumnPath) bool {
	_, ok := plan.CompileSearch(c.Test)
	return ok && c.Key == nil && !t.columns[c.Column].virtual
}

// segments returns the snapshot's segments that retention leaves, the newest day first.
func (t *table) segments() []storageSegment {
	all := slices.Clone(t.snapshot.Segments())
	all = slices.DeleteFunc(all, func(s storageSegment) bool {
		return s.Day != segment.NoDay && s.MaxTime < t.cutoff || t.summarized && t.knows(s)
	})
	slices.SortStableFunc(all, func(a, b storageSegment) int {
		if a.Day != b.Day {
			return int(b.Day) - int(a.Day)
		}
		return int(a.Version - b.Version)
	})
	return all
}

// path returns the names that lead to what a column path reads of the files.
func (t *table) path(c plan.ColumnPath) []string {
	at := t.columns[c.Column]
	names := []string{at.Name}
	typ := at.Type
	for _, f := range c.Fields {
		names = append(names, typ.Fields[f].Name)
		typ = typ.Fields[f].Type
	}
	return names
}

// athenaNames are names that queries written for Athena's tables of trails use for
// their partitions. They are read from the event, not from where its object lay:
// the two differ for events delivered around midnight or by another region.
var athenaNames = []plan.Synonym{
	{Name: "year", Column: "eventtime", Part: "year"},
	{Name: "month", Column: "eventtime", Part: "month"},
	{Name: "day", Column: "eventtime", Part: "day"},
	{Name: "hour", Column: "eventtime", Part: "hour"},
	{Name: "timestamp", Column: "eventtime", Part: "date"},
	{Name: "date", Column: "eventtime", Part: "date"},
	{Name: "dt", Column: "eventtime", Part: "date"},
	{Name: "date_partition", Column: "eventtime", Part: "date"},
	{Name: "event_date", Column: "eventtime", Part: "date"},
	{Name: "log_date", Column: "eventtime", Part: "date"},
	{Name: "p_date", Column: "eventtime", Part: "date"},
	{Name: "calendarday", Column: "eventtime", Part: "calendarday"},
	{Name: "eventdata", Column: event.DataColumn, Part: "map"},
	{Name: "metadata", Column: event.MetadataColumn, Part: "map"},
	{Name: "region", Column: "awsregion"},
	{Name: "region_partition", Column: "awsregion"},
	{Name: "p_region", Column: "awsregion"},
	{Name: "account", Column: "recipientaccountid"},
	{Name: "account_id", Column: "recipientaccountid"},
	{Name: "accountid", Column: "recipientaccountid"},
	{Name: "account_partition", Column: "recipientaccountid"},
	{Name: "p_account", Column: "recipientaccountid"},
}

// Synonyms implements plan.Synonymous.
func (t *table) Synonyms() []plan.Synonym { return synonyms(t.store.family) }

// synonyms are the athenaNames that a family has no column of its own for, and has
// the column they stand for.
func synonyms(f *event.Family) []plan.Synonym {
	return slices.DeleteFunc(slices.Clone(athenaNames), func(s plan.Synonym) bool {
		own, stands := false, false
		for _, c := range f.Columns {
			own, stands = own || c.Name == s.Name, stands || c.Name == s.Column
		}
		return own || !stands
	})
}
