package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/traillake/traillake/query/memtable"
	"github.com/traillake/traillake/query/plan"
	"github.com/traillake/traillake/query/types"
)

// The tables that tell of a store are named after it: "audit$versions". Those
// that come from the commit log are tables, those over the events are views.
const (
	versionsTable = "versions" // every version: when, why, what it added and removed
	importsTable  = "imports"  // every import with its counts, duplicates among them
	originsView   = "origins"  // every event: object, record number, import, segment, commit
	ledgerView    = "ledger"   // the events whose id stands for several contents
)

// views are the queries behind the views; %[1]s is the store's id.
var views = map[string]string{
	originsView: `SELECT e.eventid, e.eventtime, e."$source".object AS object, e."$source".record AS record, v.import AS import,
		e."$segment" AS segment, e."$commit" AS "commit", e."$ingest_time" AS ingest_time
		FROM "%[1]s" e LEFT JOIN "%[1]s$versions" v ON v.version = e."$commit"`,
	ledgerView: `SELECT eventid, row_number() OVER (PARTITION BY eventid ORDER BY "commit", object, record) AS content,
		count(*) OVER (PARTITION BY eventid) AS contents, eventtime, checksum, object, record, segment, "commit"
		FROM (SELECT eventid, eventtime, eventjsonchecksum AS checksum, "$source".object AS object, "$source".record AS record,
			"$segment" AS segment, "$commit" AS "commit" FROM "%[1]s"
			WHERE eventid IN (SELECT eventid FROM "%[1]s" WHERE eventid IS NOT NULL GROUP BY eventid HAVING count(*) > 1)) e`,
}

// systemName splits "audit$versions" into the store's name and what is told of it.
func systemName(name []string) (store []string, table string) {
	last := name[len(name)-1]
	i := strings.LastIndexByte(last, '$')
	if i < 1 {
		return nil, ""
	}
	return append(slices.Clone(name[:len(name)-1]), last[:i]), strings.ToLower(last[i+1:])
}

// View implements plan.Views.
func (c *catalog) View(_ context.Context, name []string) (string, bool, error) {
	of, table := systemName(name)
	sql, ok := views[table]
	if !ok {
		return "", false, nil
	}
	s, err := c.resolve(of)
	if err != nil {
		return "", false, err
	}
	return fmt.Sprintf(sql, s.id), true, nil
}

// systemTable returns a table made of what the commit log and the imports say;
// nil for other names.
func (c *catalog) systemTable(ctx context.Context, name []string) (plan.Table, error) {
	of, table := systemName(name)
	if table != versionsTable && table != importsTable {
		return nil, nil
	}
	s, err := c.resolve(of)
	if err != nil {
		return nil, err
	}
	full := s.record.Load().Name + "$" + table
	if table == importsTable {
		return c.engine.importsTable(full, s), nil
	}
	return versionsOf(ctx, full, s)
}

var stampType = types.Type{Kind: types.Timestamp, Precision: 6}

// tableBuilder makes a table in memory of rows of text, numbers, times and nil.
type tableBuilder struct {
	columns []plan.TableColumn
	rows    *array.RecordBuilder
}

func newTableBuilder(columns ...plan.TableColumn) *tableBuilder {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = types.ToField(c.Name, c.Type)
	}
	return &tableBuilder{columns, array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))}
}

func (b *tableBuilder) add(values ...any) {
	for i, v := range values {
		switch f := b.rows.Field(i).(type) {
		case *array.StringBuilder:
			if v == "" {
				f.AppendNull()
			} else {
				f.Append(v.(string))
			}
		case *array.Int64Builder:
			f.Append(v.(int64))
		case *array.TimestampBuilder:
			f.Append(arrow.Timestamp(v.(time.Time).UnixMicro()))
		}
	}
}

func (b *tableBuilder) table(name string) plan.Table {
	return memtable.New(name, b.columns, b.rows.NewRecord())
}

func textColumn(name string) plan.TableColumn {
	return plan.TableColumn{Name: name, Type: types.VarcharType}
}

func numberColumn(name string) plan.TableColumn {
	return plan.TableColumn{Name: name, Type: types.BigIntType}
}

func timeColumn(name string) plan.TableColumn {
	return plan.TableColumn{Name: name, Type: stampType}
}

// versionsOf is the table of a store's versions.
func versionsOf(ctx context.Context, name string, s *store) (plan.Table, error) {
	versions, err := s.storage.Versions(ctx)
	if err != nil {
		return nil, err
	}
	b := newTableBuilder(numberColumn("version"), timeColumn("committed_at"), textColumn("reason"), textColumn("import"),
		numberColumn("segments_added"), numberColumn("segments_removed"), numberColumn("rows_added"))
	for _, v := range versions {
		imported := ""
		for _, key := range v.Docs {
			if id, ok := strings.CutPrefix(key, importDoc("")); ok {
				imported = id
			}
		}
		b.add(v.Number, v.Time, v.Reason, imported, int64(v.Added), int64(v.Removed), v.Rows)
	}
	return b.table(name), nil
}

// importsTable is the table of a store's imports.
func (e *Engine) importsTable(name string, s *store) plan.Table {
	e.mu.Lock()
	var jobs []*importState
	for _, job := range e.imports {
		if job.store == s {
			jobs = append(jobs, job)
		}
	}
	e.mu.Unlock()
	slices.SortFunc(jobs, func(a, b *importState) int {
		return cmp.Or(a.load().Created.Compare(b.load().Created), strings.Compare(a.id, b.id))
	})
	b := newTableBuilder(textColumn("import"), textColumn("status"), textColumn("location"), timeColumn("created_at"), timeColumn("updated_at"),
		numberColumn("objects"), numberColumn("events_read"), numberColumn("events_imported"), numberColumn("duplicates"),
		numberColumn("outside_retention"), numberColumn("quarantined"), numberColumn("failed_objects"))
	for _, job := range jobs {
		r := job.load()
		n := r.Statistics
		b.add(job.id, string(r.Status), r.Source.LocationURI, r.Created, r.Updated, n.FilesCompleted, n.EventsRead, n.EventsCompleted,
			n.Duplicates, n.OutsideRetention, n.Quarantined, n.FailedEntries)
	}
	return b.table(name)
}
