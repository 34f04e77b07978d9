package main

import (
	"context"
	"net/http"
	"strings"

	lakev1 "github.com/traillake/traillake/proto/traillake/v1"
)

// demoSamples are the sample queries that the demo asks its trail.
var demoSamples = []string{"denied-assume-role", "trails-stopped", "sign-ins-without-mfa", "large-instances-started", "new-regions"}

// demoPruning shows how little of the trail one day of one service is.
const demoPruning = `EXPLAIN ANALYZE SELECT hour(eventTime) AS hour, count(*) AS events
FROM demo
WHERE eventTime >= date_add('day', -1, now()) AND eventSource = 'iam.amazonaws.com'
GROUP BY 1`

// demoQuestions asks the trail what the library of samples has for it.
func (p *program) demoQuestions(ctx context.Context, c *client) error {
	for _, id := range demoSamples {
		var q lakev1.SampleQuery
		if err := c.do(ctx, http.MethodGet, "/sample-queries/"+id, nil, nil, &q); err != nil {
			return err
		}
		sql := strings.ReplaceAll(q.Sql, "$EDS_ID", demoStore) // the directory may hold other stores
		p.say("\n-- %s\n%s", q.Question, sql)
		if err := p.runQuery(ctx, c, sql, "table"); err != nil {
			return err
		}
	}
	p.say("\n-- How is one day pruned?\n%s", demoPruning)
	return p.runQuery(ctx, c, demoPruning, "table")
}
