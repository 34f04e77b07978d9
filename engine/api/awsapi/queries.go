package awsapi

import (
	"context"

	"github.com/traillake/traillake/engine"
)

type startedQuery struct {
	QueryId                      string
	EventDataStoreOwnerAccountId string `json:",omitempty"`
}

type describedStatistics struct {
	EventsMatched, EventsScanned, BytesScanned int64
	ExecutionTimeInMillis                      int32
	CreationTime                               *epoch `json:",omitempty"`
}

type describedQuery struct {
	QueryId                      string
	QueryString                  string
	QueryStatus                  engine.QueryStatus
	QueryStatistics              describedStatistics
	ErrorMessage                 string `json:",omitempty"`
	EventDataStoreOwnerAccountId string `json:",omitempty"`
}

type cancelledQuery struct {
	QueryId                      string
	QueryStatus                  engine.QueryStatus
	EventDataStoreOwnerAccountId string `json:",omitempty"`
}

type resultStatistics struct {
	ResultsCount, TotalResultsCount int32
	BytesScanned                    int64
}

type resultPage struct {
	QueryStatus     engine.QueryStatus
	QueryStatistics resultStatistics
	QueryResultRows [][]cell
	NextToken       string `json:",omitempty"`
	ErrorMessage    string `json:",omitempty"`
}

type listedQuery struct {
	QueryId      string
	QueryStatus  engine.QueryStatus
	CreationTime *epoch `json:",omitempty"`
}

type queryList struct {
	Queries   []listedQuery
	NextToken string `json:",omitempty"`
}

func (f *front) startQuery(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.StartQueryInput{
		Statement:      in.text("QueryStatement"),
		Parameters:     in.texts("QueryParameters"),
		Alias:          in.text("QueryAlias"),
		DeliveryS3URI:  in.text("DeliveryS3Uri"),
		OwnerAccountID: in.text("EventDataStoreOwnerAccountId"),
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	q, err := f.opts.Queries.StartQuery(ctx, p, input)
	if err != nil {
		return nil, err
	}
	return startedQuery{QueryId: q.ID, EventDataStoreOwnerAccountId: q.OwnerAccountID}, nil
}

func (f *front) describeQuery(ctx context.Context, p engine.Principal, in object) (any, error) {
	ref := queryRef(in)
	ref.Alias, ref.RefreshID = in.text("QueryAlias"), in.text("RefreshId")
	if err := in.err(); err != nil {
		return nil, err
	}
	q, err := f.opts.Queries.DescribeQuery(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	return describedQuery{
		QueryId:     q.ID,
		QueryString: q.Statement,
		QueryStatus: q.Status,
		QueryStatistics: describedStatistics{
			EventsMatched: q.EventsMatched, EventsScanned: q.EventsScanned, BytesScanned: q.BytesScanned,
			ExecutionTimeInMillis: clamp(q.ExecutionTime.Milliseconds()),
			CreationTime:          at(&q.Created),
		},
		ErrorMessage:                 q.Error,
		EventDataStoreOwnerAccountId: q.OwnerAccountID,
	}, nil
}

func (f *front) cancelQuery(ctx context.Context, p engine.Principal, in object) (any, error) {
	ref := queryRef(in)
	if err := in.err(); err != nil {
		return nil, err
	}
	q, err := f.opts.Queries.CancelQuery(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	return cancelledQuery{QueryId: q.ID, QueryStatus: q.Status, EventDataStoreOwnerAccountId: q.OwnerAccountID}, nil
}

func (f *front) getQueryResults(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.GetQueryResultsInput{QueryRef: queryRef(in), Page: in.page("MaxQueryResults")}
	if err := in.err(); err != nil {
		return nil, err
	}
	page, err := f.opts.Queries.GetQueryResults(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := resultPage{
		QueryStatus: page.Status,
		QueryStatistics: resultStatistics{
			ResultsCount: clamp(page.ResultsCount), TotalResultsCount: clamp(page.TotalResults), BytesScanned: page.BytesScanned,
		},
		QueryResultRows: make([][]cell, len(page.Rows)),
		NextToken:       page.NextToken,
		ErrorMessage:    page.Error,
	}
	for i, row := range page.Rows {
		cells := make([]cell, len(row))
		for j, c := range row {
			cells[j] = cell(c)
		}
		out.QueryResultRows[i] = cells
	}
	return out, nil
}

func (f *front) listQueries(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.ListQueriesInput{
		Page:           in.page("MaxResults"),
		EventDataStore: in.plainText("EventDataStore"),
		Start:          in.time("StartTime"),
		End:            in.time("EndTime"),
		Status:         (*engine.QueryStatus)(in.text("QueryStatus")),
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	queries, next, err := f.opts.Queries.ListQueries(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := queryList{Queries: []listedQuery{}, NextToken: next}
	for i := range queries {
		out.Queries = append(out.Queries, listedQuery{queries[i].ID, queries[i].Status, at(&queries[i].Created)})
	}
	return out, nil
}

// queryRef reads what every operation on a query takes.
func queryRef(in object) engine.QueryRef {
	return engine.QueryRef{
		QueryID:        in.plainText("QueryId"),
		EventDataStore: in.text("EventDataStore"),
		OwnerAccountID: in.text("EventDataStoreOwnerAccountId"),
	}
}
