package trailgen

import (
	"fmt"
	"slices"
	"time"
)

// plantedEvent is an event of a story.
type plantedEvent struct {
	at    time.Time
	trail int
	rec   record
}

// planted appends a story's event.
func (e *eventWriter) planted(dst []byte, p *plantedEvent) []byte {
	e.at = p.at
	return e.record(dst, &p.rec)
}

// teller collects the events of one story.
type teller struct {
	world  *world
	story  Story
	trail  int
	at     time.Time
	events []plantedEvent
}

// do adds an event and moves on in time.
func (t *teller) do(rec record, then time.Duration) {
	if rec.version == "" {
		rec.version = "1.11"
	}
	if rec.address == "" {
		rec.address = t.story.Address
	}
	t.events = append(t.events, plantedEvent{at: t.at, trail: t.trail, rec: rec})
	t.story.Events++
	t.story.To = t.at
	t.at = t.at.Add(then)
}

// op makes an operation that the catalog need not have.
func op(source, name string, readOnly bool) *operation {
	return &operation{source: source + ".amazonaws.com", name: name, readOnly: readOnly}
}

// user and roleSession make principals of the account.
func user(account, name, key string) *principal {
	arn := fmt.Sprintf("arn:aws:iam::%s:user/%s", account, name)
	return &principal{
		arn: arn, key: key,
		head: fmt.Sprintf(`{"type":"IAMUser","principalId":"AIDASTORY%012d","arn":"%s","accountId":"%s","accessKeyId":"`, len(name), arn, account),
		tail: fmt.Sprintf(`","userName":"%s"}`, name),
	}
}

func roleSession(account, role, name string, number uint64) *principal {
	arn := fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", account, role, name)
	id := fmt.Sprintf("AROASTORY%012d", number)
	return &principal{
		arn: arn, session: true, number: 1<<20 + number,
		head: fmt.Sprintf(`{"type":"AssumedRole","principalId":"%s:%s","arn":"%s","accountId":"%s","accessKeyId":"`, id, name, arn, account),
		tail: fmt.Sprintf(`","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"%s","arn":"arn:aws:iam::%s:role/%s","accountId":"%s","userName":"%s"},"webIdFederationData":{},"attributes":{"creationDate":"`,
			id, account, role, account, role),
	}
}

// stories plants every story in the first account, each at its own part of the
// time, and returns their events in time order.
func (w *world) stories() []plantedEvent {
	var all []plantedEvent
	span := w.opts.End.Sub(w.start)
	for i, tell := range []func(*teller){leakedKey, deniedRoles, trailOff, openGroup, roleChain, noMFA} {
		at := w.start.Add(span * time.Duration(2*i+3) / 16).Truncate(time.Minute)
		t := &teller{world: w, at: at, story: Story{Account: w.accounts[0], Region: regionNames[0], From: at}}
		tell(t)
		w.told = append(w.told, t.story)
		all = append(all, t.events...)
	}
	for i := range scripts {
		at := w.start.Add(time.Duration(float64(span) * scripts[i].at)).Truncate(time.Minute)
		t := &teller{world: w, at: at, story: Story{Account: w.accounts[0], Region: regionNames[0], From: at}}
		w.play(t, &scripts[i])
		w.told = append(w.told, t.story)
		all = append(all, t.events...)
	}
	slices.SortStableFunc(all, func(x, y plantedEvent) int { return x.at.Compare(y.at) })
	return all
}

// leakedKey: a build user's key is used from an address never seen before: a look
// around, some refusals, a new user with a key, and two hundred objects read.
func leakedKey(t *teller) {
	t.story.Name, t.story.Address = "leaked key", "203.0.113.66"
	who := user(t.story.Account, "deploy-bot", "AKIALEAKEDKEYEXAMPLE")
	t.story.Principal = who.arn
	const agent = "aws-cli/2.15.0 Python/3.11.6 Linux/6.5.0-kali3-amd64 exe/x86_64.kali.2023"
	act := func(o *operation, code, request, response string) {
		rec := record{op: o, principal: who, agent: agent, code: code, request: request, response: response}
		if code != "" {
			rec.message = failures[0].message
		}
		t.do(rec, 2*time.Second)
	}
	act(op("sts", "GetCallerIdentity", true), "", "", "")
	for _, name := range []string{"ListUsers", "ListRoles", "GetAccountSummary", "ListAccessKeys", "GetAccountAuthorizationDetails"} {
		act(op("iam", name, true), "AccessDenied", "", "")
	}
	act(op("s3", "ListBuckets", true), "", `{"Host":"s3.us-east-1.amazonaws.com"}`, "")
	act(op("iam", "CreateUser", false), "", `{"userName":"support-admin"}`,
		`{"user":{"path":"/","userName":"support-admin","userId":"AIDASTORYSUPPORT0001"}}`)
	act(op("iam", "AttachUserPolicy", false), "", `{"userName":"support-admin","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`, "")
	act(op("iam", "CreateAccessKey", false), "", `{"userName":"support-admin"}`,
		`{"accessKey":{"accessKeyId":"AKIASUPPORTADMIN0001","status":"Active","userName":"support-admin"}}`)
	get := op("s3", "GetObject", true)
	get.data = true
	for i := range 200 {
		act(get, "", fmt.Sprintf(`{"bucketName":"customer-exports-%s","Host":"s3.amazonaws.com","key":"2024/export-%03d.csv.gz"}`,
			t.story.Account[8:], i), "")
	}
}

// deniedRoles: one session tries to assume a role after the other, and is refused.
func deniedRoles(t *teller) {
	t.story.Name, t.story.Address = "denied AssumeRole burst", "198.51.100.23"
	who := roleSession(t.story.Account, "web-role", "i-0badc0ffee0ddf00d", 1)
	t.story.Principal = who.arn
	for i := range 240 {
		t.do(record{
			op: op("sts", "AssumeRole", false), principal: who, agent: "Boto3/1.34.117", code: "AccessDenied", message: failures[0].message,
			request: fmt.Sprintf(`{"roleArn":"arn:aws:iam::%s:role/%s-%s-role","roleSessionName":"probe"}`,
				t.story.Account, apps[i%len(apps)], purposes[i%len(purposes)]),
		}, 2*time.Second)
	}
}

// trailOff: a contractor stops the trail's logging, and turns it on an hour later.
func trailOff(t *teller) {
	t.story.Name, t.story.Address = "trail switched off", "203.0.113.140"
	who := user(t.story.Account, "contractor-kim", "AKIACONTRACTORKIM001")
	t.story.Principal = who.arn
	name := fmt.Sprintf(`{"name":"arn:aws:cloudtrail:us-east-1:%s:trail/org-trail"}`, t.story.Account)
	t.do(record{op: op("cloudtrail", "DescribeTrails", true), principal: who, agent: agents[6], request: `{"trailNameList":[]}`}, 90*time.Second)
	t.do(record{op: op("cloudtrail", "StopLogging", false), principal: who, agent: agents[6], request: name}, 58*time.Minute)
	t.do(record{op: op("cloudtrail", "StartLogging", false), principal: who, agent: agents[6], request: name}, 0)
}

// openGroup: SSH is opened to the world on one security group.
func openGroup(t *teller) {
	t.story.Name, t.story.Address = "security group opened", "198.51.100.77"
	who := roleSession(t.story.Account, "AWSReservedSSO_Developer_0123456789abcdef", "marco@example.net", 2)
	t.story.Principal = who.arn
	t.do(record{op: op("ec2", "DescribeSecurityGroups", true), principal: who, agent: agents[6], request: `{"securityGroupSet":{},"filterSet":{}}`}, time.Minute)
	t.do(record{
		op: op("ec2", "AuthorizeSecurityGroupIngress", false), principal: who, agent: agents[6], mfaSession: true,
		request: `{"groupId":"sg-0feedface0feedface","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,` +
			`"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]},"prefixListIds":{}}]}}`,
		response: `{"requestId":"00000000-0000-4000-8000-000000000001","_return":true}`,
	}, 0)
}

// roleChain: a user becomes one role, from there another, and a third; the key each
// answer hands out is the caller's key of the next step.
func roleChain(t *teller) {
	t.story.Name, t.story.Address = "role chain", "203.0.113.201"
	account := t.story.Account
	who, key := user(account, "elena", "AKIAROLECHAIN0000001"), ""
	t.story.Principal = who.arn
	for i, role := range []string{"ci-runner", "deploy-staging", "deploy-production"} {
		next := fmt.Sprintf("ASIAROLECHAIN000000%d", i+1)
		t.do(record{
			op: op("sts", "AssumeRole", false), principal: who, key: key, agent: agents[2],
			request: fmt.Sprintf(`{"roleArn":"arn:aws:iam::%s:role/%s","roleSessionName":"chain"}`, account, role),
			response: fmt.Sprintf(`{"credentials":{"accessKeyId":"%s","sessionToken":"hidden","expiration":"soon"},"assumedRoleUser":{`+
				`"assumedRoleId":"AROASTORY%012d:chain","arn":"arn:aws:sts::%s:assumed-role/%s/chain"}}`, next, 10+i, account, role),
		}, 20*time.Second)
		who, key = roleSession(account, role, "chain", uint64(10+i)), next
	}
	t.do(record{
		op: op("secretsmanager", "GetSecretValue", true), principal: who, key: key, agent: agents[2],
		request: `{"secretId":"production/database"}`,
	}, 0)
}

// noMFA: thirty sign-ins fail, then one succeeds without a second factor.
func noMFA(t *teller) {
	t.story.Name, t.story.Address = "console login without MFA", "203.0.113.9"
	who := user(t.story.Account, "paula", "")
	who.head = fmt.Sprintf(`{"type":"IAMUser","principalId":"AIDASTORYPAULA0000001","accountId":"%s","accessKeyId":"`, t.story.Account)
	t.story.Principal = "paula"
	for range 30 {
		t.do(record{
			op: op("signin", "ConsoleLogin", false), principal: who, agent: agents[7], mfa: "No", code: "Failed",
			message: "Failed authentication", response: `{"ConsoleLogin":"Failure"}`,
		}, 4*time.Second)
	}
	t.do(record{op: op("signin", "ConsoleLogin", false), principal: who, agent: agents[7], mfa: "No", response: `{"ConsoleLogin":"Success"}`}, 0)
}
