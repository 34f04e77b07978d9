package grpcapi

import (
	"context"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) ExplainQuery(ctx context.Context, r *pb.ExplainQueryRequest) (*pb.ExplainQueryResponse, error) {
	e, err := s.language.ExplainQuery(ctx, caller(ctx), engine.ExplainQueryInput{
		StatementInput: engine.StatementInput{Statement: r.GetQueryStatement(), Parameters: r.GetQueryParameters()}, Analyze: r.GetAnalyze(),
	})
	if err != nil {
		return nil, err
	}
	return &pb.ExplainQueryResponse{
		Plan: planTo(e.Root), ResultRows: e.Rows, ExecutionTimeInMillis: e.ExecutionTime.Milliseconds(), PeakMemoryBytes: e.PeakMemory,
	}, nil
}

func planTo(n *engine.PlanNode) *pb.PlanNode {
	out := &pb.PlanNode{
		Name: n.Name, Rows: n.Rows, Batches: n.Batches, Bytes: n.Bytes, TimeMicros: n.Time.Microseconds(),
		MemoryBytes: n.Memory, SpilledBytes: n.SpilledBytes, SpillFiles: n.SpillFiles,
	}
	if n.Detail != "" {
		out.Details = []string{*validText(&n.Detail)}
	}
	if f := n.Scan; f != nil {
		out.Scan = &pb.PlanScan{
			Segments: f.Segments, SegmentsPruned: f.SegmentsPruned, RowGroups: f.RowGroups, RowGroupsPruned: f.RowGroupsPruned,
			Rows: f.Rows, Bytes: f.Bytes,
		}
	}
	for _, in := range n.Inputs {
		out.Children = append(out.Children, planTo(in))
	}
	return out
}
