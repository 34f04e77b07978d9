package selector

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/traillake/traillake/ingest/event"
)

var seed = flag.Uint64("seed", 0, "seed of TestMatchRandom; 0 takes a new one")

// TestMatchRandom compares Match with the plain evaluation on selectors and events
// made of the same few words, so that every operator is met and missed.
func TestMatchRandom(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("-seed=%d", *seed)
	g := generator{rand.New(rand.NewPCG(*seed, 1))}
	d := event.NewDecoder(event.CloudTrail)
	valid, taken := 0, 0
	for range 4_000 {
		selectors := g.selectors()
		s, err := Compile(selectors)
		if err != nil {
			continue
		}
		valid++
		for range 8 {
			record := g.event()
			if compare(t, s, d, selectors, record) {
				taken++
			}
		}
	}
	t.Logf("%d selectors, %d events taken", valid, taken)
	if valid < 400 || taken < 400 {
		t.Errorf("only %d selectors were valid and %d events taken: the generator is broken", valid, taken)
	}
}

// compare holds Match to the plain evaluation and returns it.
func compare(t *testing.T, s *Selectors, d *event.Decoder, selectors []EventSelector, record []byte) bool {
	t.Helper()
	if _, err := d.Decode(record); err != nil {
		return false
	}
	want, ok := naive(selectors, record)
	if !ok {
		t.Fatalf("decoded what encoding/json refuses: %s", record)
	}
	if got := s.Match(d); got != want {
		text, _ := json.Marshal(selectors)
		t.Fatalf("Match = %v, want %v\nselectors %s\nevent %s", got, want, text, record)
	}
	return want
}

type generator struct{ *rand.Rand }

// of picks one of a list.
func of[T any](g generator, list ...T) T { return list[g.IntN(len(list))] }

func (g generator) word() string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(of(g, "a", "b", "ab", "é"))
	}
	return b.String()
}

func (g generator) words() (list []string) {
	for range g.IntN(4) {
		list = append(list, g.word())
	}
	return list
}

func (g generator) arn() string { return "arn:aws:s3:::" + g.word() }

func (g generator) arns() (list []string) {
	for range g.IntN(3) {
		list = append(list, g.arn())
	}
	return list
}

var randomTypes = []string{"A::B::C", "AWS::S3::Object"}

func (g generator) selectors() (out []EventSelector) {
	for range 1 + g.IntN(3) {
		category := of(g, "Management", "Data", "NetworkActivity")
		fields := []FieldSelector{{Field: "eventCategory", Equals: []string{category}}}
		free := []string{"eventName", "eventSource", "eventType", "userIdentity.arn"}
		switch category {
		case "Data":
			fields = append(fields, FieldSelector{Field: "resources.type", Equals: []string{of(g, randomTypes...)}})
			if g.IntN(2) == 0 {
				fields = append(fields, FieldSelector{Field: "resources.ARN", Equals: g.arns(), StartsWith: g.arns(), EndsWith: g.words(), NotEquals: g.arns(), NotEndsWith: g.words()})
			}
		case "NetworkActivity":
			fields = append(fields, FieldSelector{Field: "eventSource", Equals: []string{"a.amazonaws.com"}})
			free = []string{"eventName", "vpcEndpointId"}
		}
		if category != "NetworkActivity" && g.IntN(3) == 0 {
			fields = append(fields, FieldSelector{Field: "readOnly", Equals: []string{of(g, "true", "false")}})
		}
		for _, name := range free {
			if g.IntN(2) == 0 {
				fields = append(fields, FieldSelector{Field: name, Equals: g.words(), StartsWith: g.words(), EndsWith: g.words(), NotEquals: g.words(), NotStartsWith: g.words(), NotEndsWith: g.words()})
			}
		}
		g.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		out = append(out, EventSelector{FieldSelectors: fields})
	}
	return out
}

func (g generator) event() []byte {
	e := map[string]any{}
	put := func(key string, values ...any) {
		if g.IntN(6) > 0 {
			e[key] = of(g, values...)
		}
	}
	put("eventCategory", "Management", "Data", "NetworkActivity", nil)
	put("eventVersion", "1.05", "1.06", "1.11", 1.05)
	put("managementEvent", true, false, nil)
	put("readOnly", true, false, "true", "x", nil)
	for _, key := range []string{"eventName", "eventType", "vpcEndpointId"} {
		put(key, g.word(), g.word(), g.word(), "", 5)
	}
	put("eventSource", g.word(), "a.amazonaws.com")
	put("userIdentity", map[string]any{"arn": g.word()}, map[string]any{"type": "x"}, "x", nil)
	var resources []any
	for range g.IntN(4) {
		r := map[string]any{"type": of(g, randomTypes...)}
		if g.IntN(4) > 0 {
			r["ARN"] = g.arn()
		}
		if g.IntN(4) == 0 {
			r["ARNPrefix"] = g.arn()
		}
		resources = append(resources, of[any](g, r, r, r, "x", nil))
	}
	put("resources", resources, resources, resources, map[string]any{"type": of(g, randomTypes...), "ARN": g.arn()}, nil)
	text, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return text
}

// FuzzMatch compares Match with the plain evaluation on any selectors that compile
// and any record that decodes.
func FuzzMatch(f *testing.F) {
	for _, path := range matchFiles(f) {
		for _, e := range examples(f, path) {
			text, err := json.Marshal(e.selectors)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text, []byte(e.taken[0]))
			f.Add(text, []byte(e.refused[0]))
		}
	}
	d := event.NewDecoder(event.CloudTrail)
	f.Fuzz(func(t *testing.T, text, record []byte) {
		var selectors []EventSelector
		if json.Unmarshal(text, &selectors) != nil {
			return
		}
		s, err := Compile(selectors)
		if err != nil {
			return
		}
		compare(t, s, d, selectors, record)
	})
}
