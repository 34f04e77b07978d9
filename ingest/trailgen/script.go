package trailgen

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

//go:embed stories.txt
var storiesText string

// script is a story of stories.txt.
type script struct {
	name, identity, address, agent, region string
	at                                     float64 // share of the time
	steps                                  []step
}

// step is an event of a script, several times.
type step struct {
	times int
	gap   time.Duration // before each
	rec   record        // without principal
}

var scripts = parseScripts(storiesText)

// parseScripts reads stories.txt, whose head says how; it panics on a fault, as the
// text is ours.
func parseScripts(text string) []script {
	var list []script
	for i, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if f[0] != "story" {
			st, err := parseStep(f)
			if err != nil || len(list) == 0 {
				panic(fmt.Sprintf("trailgen: stories line %d: %v", i+1, err))
			}
			s := &list[len(list)-1]
			s.steps = append(s.steps, st)
			continue
		}
		at, err := strconv.ParseFloat(strings.TrimSuffix(f[2], "%"), 64)
		if err != nil || len(f) < 6 {
			panic(fmt.Sprintf("trailgen: stories line %d: %d fields, %v", i+1, len(f), err))
		}
		s := script{name: f[1], at: at / 100, identity: f[3], address: f[4], agent: f[5]}
		if n, err := strconv.Atoi(f[5]); err == nil {
			s.agent = agents[n]
		}
		if len(f) > 6 {
			s.region = f[6]
		}
		list = append(list, s)
	}
	return list
}

func parseStep(f []string) (step, error) {
	if len(f) < 5 {
		return step{}, fmt.Errorf("%d fields", len(f))
	}
	f = append(f, []string{"-", "{}"}[min(len(f)-5, 2):]...)
	gap, times, many := strings.Cut(f[0], "*")
	st := step{times: 1}
	var err error
	if st.gap, err = time.ParseDuration(gap); err != nil {
		return st, err
	}
	if many {
		if st.times, err = strconv.Atoi(times); err != nil {
			return st, err
		}
	}
	o := op(f[1], f[2], strings.Contains(f[3], "r"))
	o.data = strings.Contains(f[3], "d")
	o.request, o.response = parseTemplate(f[4]), parseTemplate(f[5])
	st.rec = record{op: o, mfaSession: strings.Contains(f[3], "c")}
	return st, st.rec.set(f[6])
}

// set takes members of the event that a story gives itself.
func (r *record) set(text string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	for name, raw := range members {
		var s string
		_ = json.Unmarshal(raw, &s) // others are taken raw
		switch name {
		case "errorCode":
			r.code = s
		case "errorMessage":
			r.message, r.plain = s, true
		case "sourceIPAddress":
			r.address = s
		case "userAgent":
			r.agent = s
		case "accessKeyId":
			r.key = s
		case "invokedBy":
			r.invokedBy = s
		case "tlsVersion":
			r.tls = s
		case "eventType":
			r.kind = s
		case "eventCategory":
			r.category = s
		case "mfa":
			r.mfa = s
		case "resources":
			r.op.resources = parseTemplate(string(raw))
		case "additionalEventData":
			r.additional = parseTemplate(string(raw))
		case "vpcEndpointId":
			r.endpoint = s
		case "vpcEndpointAccountId":
			r.endpointOwner = s
		default:
			return fmt.Errorf("no story can give %q", name)
		}
	}
	if r.code == "AccessDenied" && r.message == "" {
		r.message = failures[0].message
	}
	return nil
}

// play plants a script.
func (w *world) play(t *teller, s *script) {
	t.story.Name, t.story.Address = s.name, s.address
	if s.region != "" {
		t.story.Region = s.region
	}
	for i := range w.trails {
		if w.trails[i].account == t.story.Account && w.trails[i].region == t.story.Region {
			t.trail = i
		}
	}
	who := identity(t.story.Account, s.identity, len(w.told))
	t.story.Principal = who.arn
	for i := range s.steps {
		st := &s.steps[i]
		for range st.times {
			t.at = t.at.Add(st.gap)
			rec := st.rec
			rec.principal = who
			if rec.agent == "" {
				rec.agent = s.agent
			}
			if who.service != "" && rec.address == "" {
				rec.address = who.service
			}
			t.do(rec, 0)
		}
	}
}

// identity makes who a script names: "user NAME", "role ROLE/SESSION", "outsider
// ROLE/SESSION" of another account, "root", "service NAME", "anonymous", "unknown" and
// "federated NAME".
func identity(account, text string, number int) *principal {
	kind, name, _ := strings.Cut(text, " ")
	role, session, _ := strings.Cut(name, "/")
	switch kind {
	case "user":
		key := strings.ToUpper(strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return -1
			}
			return r
		}, name))
		return user(account, name, ("AKIASTORY" + key + "XXXXXXXXXXX")[:20])
	case "role":
		return roleSession(account, role, session, uint64(100+number))
	case "outsider":
		return roleSession(outsideAccount, role, session, uint64(100+number))
	case "root":
		return &principal{
			arn:  "arn:aws:iam::" + account + ":root",
			head: fmt.Sprintf(`{"type":"Root","principalId":"%s","arn":"arn:aws:iam::%s:root","accountId":"%s"}`, account, account, account),
		}
	case "service":
		service := name + ".amazonaws.com"
		return &principal{service: service, head: fmt.Sprintf(`{"type":"AWSService","invokedBy":"%s"}`, service)}
	case "anonymous":
		return &principal{head: `{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"}`}
	case "unknown":
		return &principal{head: fmt.Sprintf(`{"type":"IAMUser","accountId":"%s","accessKeyId":"","userName":"HIDDEN_DUE_TO_SECURITY_REASONS"}`, account)}
	case "federated":
		return &principal{head: fmt.Sprintf(`{"type":"SAMLUser","principalId":"idp:%s","userName":"%s","identityProvider":"idp"}`, name, name)}
	}
	panic("trailgen: no identity " + text)
}

// outsideAccount is the account of strangers.
const outsideAccount = "999988887777"
