package grpcapi

import (
	"context"

	"github.com/traillake/traillake/engine"
	pb "github.com/traillake/traillake/proto/traillake/v1"
)

func (s *lakeServer) StartImport(ctx context.Context, r *pb.StartImportRequest) (*pb.Import, error) {
	in := engine.StartImportInput{Destinations: r.GetDestinations(), ImportID: r.ImportId, DryRun: r.GetDryRun(), AnyFormat: r.GetAnyFormat()}
	if s3 := r.GetImportSource().GetS3(); s3 != nil {
		in.Source = &engine.S3Source{LocationURI: s3.GetS3LocationUri(), Region: s3.GetS3BucketRegion(), RoleARN: s3.GetS3BucketAccessRoleArn()}
	}
	var err error
	if in.Start, err = timeFrom("start_event_time", r.GetStartEventTime()); err != nil {
		return nil, err
	}
	if in.End, err = timeFrom("end_event_time", r.GetEndEventTime()); err != nil {
		return nil, err
	}
	return importMessage(s.imports.StartImport(ctx, caller(ctx), in))
}

func (s *lakeServer) GetImport(ctx context.Context, r *pb.GetImportRequest) (*pb.Import, error) {
	return importMessage(s.imports.GetImport(ctx, caller(ctx), r.GetImportId()))
}

func (s *lakeServer) StopImport(ctx context.Context, r *pb.StopImportRequest) (*pb.Import, error) {
	return importMessage(s.imports.StopImport(ctx, caller(ctx), r.GetImportId()))
}

func (s *lakeServer) ListImports(ctx context.Context, r *pb.ListImportsRequest) (*pb.ListImportsResponse, error) {
	imports, next, err := s.imports.ListImports(ctx, caller(ctx), engine.ListImportsInput{
		Page:        engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)},
		Destination: r.Destination,
		Status:      (*engine.ImportStatus)(r.ImportStatus),
	})
	if err != nil {
		return nil, err
	}
	resp := &pb.ListImportsResponse{NextToken: next}
	for i := range imports {
		resp.Imports = append(resp.Imports, importTo(&imports[i]))
	}
	return resp, nil
}

func (s *lakeServer) ListImportFailures(ctx context.Context, r *pb.ListImportFailuresRequest) (*pb.ListImportFailuresResponse, error) {
	page := engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}
	failures, next, err := s.imports.ListImportFailures(ctx, caller(ctx), r.GetImportId(), page)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListImportFailuresResponse{NextToken: next}
	for i := range failures {
		resp.Failures = append(resp.Failures, failureTo(&failures[i]))
	}
	return resp, nil
}

func (s *lakeServer) ListQuarantinedRecords(ctx context.Context, r *pb.ListQuarantinedRecordsRequest) (*pb.ListQuarantinedRecordsResponse, error) {
	page := engine.Page{MaxResults: r.MaxResults, NextToken: given(r.NextToken)}
	records, next, err := s.imports.ListQuarantinedRecords(ctx, caller(ctx), r.GetImportId(), page)
	if err != nil {
		return nil, err
	}
	resp := &pb.ListQuarantinedRecordsResponse{NextToken: next}
	for _, q := range records {
		resp.Records = append(resp.Records, &pb.QuarantinedRecord{Location: q.Location, Record: q.Record, Reason: q.Reason, Excerpt: q.Excerpt})
	}
	return resp, nil
}

func failureTo(f *engine.ImportFailure) *pb.ImportFailure {
	return &pb.ImportFailure{
		Location: f.Location, Status: string(f.Status), ErrorType: f.ErrorType, ErrorMessage: f.ErrorMessage, LastUpdatedTime: timeTo(&f.LastUpdated),
	}
}

func importMessage(i *engine.Import, err error) (*pb.Import, error) {
	if err != nil {
		return nil, err
	}
	return importTo(i), nil
}

func importTo(i *engine.Import) *pb.Import {
	return &pb.Import{
		ImportId:     i.ID,
		Destinations: i.Destinations,
		ImportSource: &pb.ImportSource{S3: &pb.S3ImportSource{
			S3LocationUri: i.Source.LocationURI, S3BucketRegion: i.Source.Region, S3BucketAccessRoleArn: i.Source.RoleARN,
		}},
		StartEventTime:   timeTo(i.Start),
		EndEventTime:     timeTo(i.End),
		ImportStatus:     string(i.Status),
		CreatedTimestamp: timeTo(&i.Created),
		UpdatedTimestamp: timeTo(&i.Updated),
		ImportStatistics: &pb.ImportStatistics{
			PrefixesFound: i.Statistics.PrefixesFound, PrefixesCompleted: i.Statistics.PrefixesCompleted,
			FilesCompleted: i.Statistics.FilesCompleted, EventsCompleted: i.Statistics.EventsCompleted,
			FailedEntries: i.Statistics.FailedEntries, FilesFound: i.Statistics.FilesFound,
			FilesSkipped: i.Statistics.FilesSkipped, BytesFound: i.Statistics.BytesFound,
			BytesCompleted: i.Statistics.BytesCompleted, EventsRead: i.Statistics.EventsRead,
			Duplicates: i.Statistics.Duplicates, OutsideRetention: i.Statistics.OutsideRetention,
			Quarantined: i.Statistics.Quarantined,
		},
		DryRun:       i.DryRun,
		ErrorMessage: i.Error,
		AnyFormat:    i.AnyFormat,
	}
}
