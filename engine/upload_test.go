package engine

import (
	"fmt"
	"io"
	"testing"
)

// Files of one upload that come in side by side, as a browser sends them, are all
// kept, and each as it was sent.
func TestUploadsSideBySide(t *testing.T) {
	l := openLake(t, nil)
	const id, files = "0f5c2f0e-6a64-4a0e-9d2e-6b6f7c1f4a10", 6
	store := l.create("audit", 366)
	ends := make(chan error, files)
	var senders []*io.PipeWriter
	for i := range files {
		r, w := io.Pipe()
		senders = append(senders, w)
		go func() { ends <- l.PutUpload(t.Context(), Principal{}, id, fmt.Sprintf("folder/%d.json", i), r) }()
		// Taken in by then: the next one begins in the middle of this one.
		if _, err := io.WriteString(w, `{"Records":[`); err != nil {
			t.Fatal(err)
		}
	}
	for i, w := range senders {
		if _, err := io.WriteString(w, record(fmt.Sprint("id", i), fmt.Sprint("Name", i), 20)+`]}`); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ends; err != nil {
			t.Fatal(err)
		}
	}
	i, err := l.StartImport(t.Context(), Principal{}, StartImportInput{
		Destinations: []string{store}, Source: &S3Source{LocationURI: "upload://" + id + "/"}, AnyFormat: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if i = l.wait(i.ID); i.Status != ImportCompleted || i.Statistics.FilesCompleted != files {
		t.Fatalf("import = %s %s %+v, want %d files", i.Status, i.Error, i.Statistics, files)
	}
	if got := l.query("SELECT count(DISTINCT eventName) FROM audit")[0]; got != fmt.Sprint(files) {
		t.Errorf("%s different events, want %d", got, files)
	}
}
