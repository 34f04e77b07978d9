package awsapi

import (
	"context"

	"github.com/traillake/traillake/engine"
)

type s3Source struct{ S3LocationUri, S3BucketRegion, S3BucketAccessRoleArn string }

type importSource struct{ S3 s3Source }

type importStatistics struct{ PrefixesFound, PrefixesCompleted, FilesCompleted, EventsCompleted, FailedEntries int64 }

// importOut holds what the import operations answer; each fills the members its
// response has.
type importOut struct {
	ImportId         string
	ImportSource     *importSource `json:",omitempty"`
	Destinations     []string
	StartEventTime   *epoch `json:",omitempty"`
	EndEventTime     *epoch `json:",omitempty"`
	ImportStatus     engine.ImportStatus
	CreatedTimestamp *epoch            `json:",omitempty"`
	UpdatedTimestamp *epoch            `json:",omitempty"`
	ImportStatistics *importStatistics `json:",omitempty"`
}

type importList struct {
	Imports   []*importOut
	NextToken string `json:",omitempty"`
}

type importFailure struct {
	Location        string
	Status          engine.FailureStatus
	ErrorType       string
	ErrorMessage    string
	LastUpdatedTime *epoch `json:",omitempty"`
}

type importFailureList struct {
	Failures  []importFailure
	NextToken string `json:",omitempty"`
}

func (f *front) startImport(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.StartImportInput{
		Destinations: in.texts("Destinations"),
		Start:        in.time("StartEventTime"),
		End:          in.time("EndEventTime"),
		ImportID:     in.text("ImportId"),
	}
	if source, ok := in.object("ImportSource"); ok {
		input.Source = &engine.S3Source{}
		if s3, ok := source.object("S3"); ok {
			*input.Source = engine.S3Source{
				LocationURI: s3.plainText("S3LocationUri"),
				Region:      s3.plainText("S3BucketRegion"),
				RoleARN:     s3.plainText("S3BucketAccessRoleArn"),
			}
		}
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	i, err := f.opts.Imports.StartImport(ctx, p, input)
	if err != nil {
		return nil, err
	}
	return describeImport(i), nil
}

func (f *front) getImport(ctx context.Context, p engine.Principal, in object) (any, error) {
	return importCall(ctx, p, in, f.opts.Imports.GetImport)
}

func (f *front) stopImport(ctx context.Context, p engine.Principal, in object) (any, error) {
	return importCall(ctx, p, in, f.opts.Imports.StopImport)
}

func importCall(ctx context.Context, p engine.Principal, in object, call func(context.Context, engine.Principal, string) (*engine.Import, error)) (any, error) {
	id := in.plainText("ImportId")
	if err := in.err(); err != nil {
		return nil, err
	}
	i, err := call(ctx, p, id)
	if err != nil {
		return nil, err
	}
	out := describeImport(i)
	out.ImportStatistics = &importStatistics{
		PrefixesFound:     i.Statistics.PrefixesFound,
		PrefixesCompleted: i.Statistics.PrefixesCompleted,
		FilesCompleted:    i.Statistics.FilesCompleted,
		EventsCompleted:   i.Statistics.EventsCompleted,
		FailedEntries:     i.Statistics.FailedEntries,
	}
	return out, nil
}

func (f *front) listImports(ctx context.Context, p engine.Principal, in object) (any, error) {
	input := engine.ListImportsInput{
		Page:        in.page("MaxResults"),
		Destination: in.text("Destination"),
		Status:      (*engine.ImportStatus)(in.text("ImportStatus")),
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	imports, next, err := f.opts.Imports.ListImports(ctx, p, input)
	if err != nil {
		return nil, err
	}
	out := importList{Imports: []*importOut{}, NextToken: next}
	for i := range imports {
		out.Imports = append(out.Imports, listedImport(&imports[i]))
	}
	return out, nil
}

func (f *front) listImportFailures(ctx context.Context, p engine.Principal, in object) (any, error) {
	id, page := in.plainText("ImportId"), in.page("MaxResults")
	if err := in.err(); err != nil {
		return nil, err
	}
	failures, next, err := f.opts.Imports.ListImportFailures(ctx, p, id, page)
	if err != nil {
		return nil, err
	}
	out := importFailureList{Failures: []importFailure{}, NextToken: next}
	for _, x := range failures {
		out.Failures = append(out.Failures, importFailure{
			Location: x.Location, Status: x.Status, ErrorType: x.ErrorType, ErrorMessage: x.ErrorMessage, LastUpdatedTime: at(&x.LastUpdated),
		})
	}
	return out, nil
}

// listedImport has what ListImports tells of an import: no source, no event
// times, no statistics.
func listedImport(i *engine.Import) *importOut {
	return &importOut{
		ImportId:         i.ID,
		Destinations:     append([]string{}, i.Destinations...),
		ImportStatus:     i.Status,
		CreatedTimestamp: at(&i.Created),
		UpdatedTimestamp: at(&i.Updated),
	}
}

func describeImport(i *engine.Import) *importOut {
	out := listedImport(i)
	out.ImportSource = &importSource{S3: s3Source{
		S3LocationUri: i.Source.LocationURI, S3BucketRegion: i.Source.Region, S3BucketAccessRoleArn: i.Source.RoleARN,
	}}
	out.StartEventTime, out.EndEventTime = at(i.Start), at(i.End)
	return out
}
