package grpcapi

import (
	"context"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) EditQuery(ctx context.Context, r *pb.EditQueryRequest) (*pb.EditQueryResponse, error) {
	in := engine.EditQueryInput{Statement: r.GetQueryStatement()}
	for _, e := range r.GetEdits() {
		edit, err := editFrom(e)
		if err != nil {
			return nil, err
		}
		in.Edits = append(in.Edits, edit)
	}
	statement, err := s.language.EditQuery(ctx, caller(ctx), in)
	if err != nil {
		return nil, err
	}
	return &pb.EditQueryResponse{QueryStatement: statement}, nil
}

func editFrom(e *pb.QueryEdit) (engine.QueryEdit, error) {
	switch e := e.GetEdit().(type) {
	case *pb.QueryEdit_Filter:
		return filterFrom(e.Filter), nil
	case *pb.QueryEdit_Sort:
		return engine.QueryEdit{Sort: &engine.SortEdit{
			Column: columnFrom(e.Sort.GetColumn(), e.Sort.ColumnIndex), Desc: e.Sort.GetDesc(), BeforeLimit: e.Sort.GetBeforeLimit(),
		}}, nil
	case *pb.QueryEdit_TimeRange:
		from, err := timeFrom("from", e.TimeRange.GetFrom())
		if err != nil {
			return engine.QueryEdit{}, err
		}
		to, err := timeFrom("to", e.TimeRange.GetTo())
		return engine.QueryEdit{Range: &engine.TimeRange{From: from, To: to}}, err
	}
	return engine.QueryEdit{}, nil
}

func filterFrom(f *pb.FilterEdit) engine.QueryEdit {
	if len(f.GetPath()) == 0 {
		return engine.QueryEdit{Column: &engine.ColumnFilter{
			Column: columnFrom(f.GetColumn(), f.ColumnIndex), Value: f.Value, Out: f.GetExclude(), BeforeLimit: f.GetBeforeLimit(),
		}}
	}
	leaf := &engine.LeafFilter{Value: f.Value, Out: f.GetExclude()}
	for _, p := range f.GetPath() {
		step := engine.PathStep{Key: p.GetKey()}
		if at, ok := p.GetStep().(*pb.PathStep_Index); ok {
			index := int(at.Index)
			step.Index = &index
		}
		leaf.Path = append(leaf.Path, step)
	}
	return engine.QueryEdit{Leaf: leaf}
}

func columnFrom(name string, index *int32) engine.EditColumn {
	c := engine.EditColumn{Name: name}
	if index != nil {
		at := int(*index)
		c.Index = &at
	}
	return c
}
