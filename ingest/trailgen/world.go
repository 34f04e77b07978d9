package trailgen

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// quietRegion has no everyday events.
const quietRegion = "sa-east-1"

var (
	regionNames = []string{"us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ap-northeast-1"}
	apps        = []string{
		"checkout", "catalog", "search", "billing", "ledger", "profile", "auth", "gateway", "mailer", "reports", "media",
		"orders", "shipping", "pricing", "fraud", "metrics", "audit", "import", "export", "chat", "forms", "geo", "cart",
		"stock", "quotes", "invoices", "tickets", "scanner", "scheduler", "archive",
	}
	teams     = []string{"platform", "payments", "data", "security", "web", "mobile", "finance", "growth"}
	purposes  = []string{"assets", "logs", "backup", "exports", "artifacts", "raw", "curated", "uploads"}
	functions = []string{"ingest", "notify", "cleanup", "resize", "sync", "authorizer", "worker", "report"}
	people    = []string{
		"ana", "ben", "chloe", "david", "elena", "farid", "grace", "hugo", "ines", "jonas", "kim", "leila", "marco", "nina",
		"omar", "paula", "quentin", "rosa", "samir", "tara", "ulrich", "vera", "wei", "ximena", "yusuf", "zoe",
	}
	services = []string{
		"autoscaling", "config", "lambda", "ecs-tasks", "cloudformation", "backup", "eks", "elasticloadbalancing", "ssm",
		"guardduty", "cloudtrail", "delivery.logs", "s3", "rds", "securityhub", "access-analyzer", "trustedadvisor", "resource-explorer-2",
	}
	agents = []string{
		"aws-cli/2.15.58 Python/3.11.8 Linux/6.1.91 exe/x86_64.amzn.2023 prompt/off command/ec2.describe-instances",
		"Boto3/1.34.117 md/Botocore#1.34.117 ua/2.0 os/linux#5.10.217 md/arch#x86_64 lang/python#3.12.3 md/pyimpl#CPython",
		"aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#amd64 api/s3#1.54.3",
		"aws-sdk-java/2.25.60 Linux/5.10.217 OpenJDK_64-Bit_Server_VM/17.0.11 Java/17.0.11 vendor/Amazon.com_Inc. io/sync http/Apache",
		"APN/1.0 HashiCorp/1.0 Terraform/1.8.4 (+https://www.terraform.io) terraform-provider-aws/5.51.1",
		"aws-sdk-js/3.583.0 ua/2.1 os/linux#5.10 lang/js md/nodejs#20.13.1 api/dynamodb#3.583.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0",
		"aws-cli/1.32.84 md/Botocore#1.34.84 ua/2.0 os/macos#23.5.0 md/arch#arm64 lang/python#3.12.3 cfg/retry-mode#legacy",
		"kube-controller-manager/v1.29.4 (linux/amd64) kubernetes/1f5b2a9 aws-sdk-go/1.44.116",
		"aws-sdk-rust/1.2.1 os/linux lang/rust/1.78.0", "S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488",
	}
)

// world is who and what there is in the trail.
type world struct {
	opts       *Options
	trails     []trail
	principals [][]principal // per account
	accounts   []string
	told       []Story
	start      time.Time
}

// trail is one account's log in one region.
type trail struct {
	account, region string
	accountIndex    int
	weight          float64 // share of all events
}

// principal is someone who calls.
type principal struct {
	head, tail string // userIdentity around the access key
	session    bool   // temporary keys, and tail has a place for its start
	service    string // of an AWS service; then head is the whole identity
	arn        string
	key        string // of a user: the permanent key
	addresses  []string
	agent      string
	number     uint64
	upTo       float64 // running weight
}

func newWorld(o *Options) *world {
	w := &world{opts: o, start: o.End.AddDate(0, 0, -o.Days)}
	r := rand.New(rand.NewPCG(o.Seed, 0))
	for i := range o.Accounts {
		w.accounts = append(w.accounts, fmt.Sprintf("%012d", 111122223333*uint64(i+1)%1_000_000_000_000))
	}
	total := 0.0
	for a := range o.Accounts {
		for g := range o.Regions {
			weight := 1 / (float64(a*a+1) * float64(g*g*2+1))
			total += weight
			w.trails = append(w.trails, trail{account: w.accounts[a], region: regionNames[g], accountIndex: a, weight: weight})
		}
	}
	for i := range w.trails {
		w.trails[i].weight /= total
	}
	// Nobody works here, but a story may play here.
	w.trails = append(w.trails, trail{account: w.accounts[0], region: quietRegion})
	for a := range o.Accounts {
		w.principals = append(w.principals, w.people(r, a))
	}
	return w
}

// people makes the principals of an account: mostly roles, some users, services,
// callers of other accounts, and root. Their activity follows Zipf's law.
func (w *world) people(r *rand.Rand, account int) []principal {
	const many = 160
	list := make([]principal, 0, many)
	sum := 0.0
	for i := range many {
		p := w.principal(r, account, i)
		p.number = uint64(account*many + i + 1)
		p.agent = agents[r.IntN(len(agents))]
		for range 1 + r.IntN(4) {
			p.addresses = append(p.addresses, address(r))
		}
		weight := 1 / float64(i+2)
		if i == many-1 {
			weight = .0005 // root
		}
		sum += weight
		p.upTo = sum
		list = append(list, p)
	}
	return list
}

func (w *world) principal(r *rand.Rand, account, i int) principal {
	id := w.accounts[account]
	app, person := apps[r.IntN(len(apps))], people[r.IntN(len(people))]
	switch {
	case i == 159:
		return principal{
			arn: "arn:aws:iam::" + id + ":root", key: "",
			head: fmt.Sprintf(`{"type":"Root","principalId":"%s","arn":"arn:aws:iam::%s:root","accountId":"%s"}`, id, id, id),
		}
	case i%5 == 1:
		service := services[r.IntN(len(services))] + ".amazonaws.com"
		return principal{service: service, head: fmt.Sprintf(`{"type":"AWSService","invokedBy":"%s"}`, service)}
	case i%9 == 4:
		arn := fmt.Sprintf("arn:aws:iam::%s:user/%s", id, person)
		return principal{
			arn: arn, key: "AKIA" + code(r, 16),
			head: fmt.Sprintf(`{"type":"IAMUser","principalId":"AIDA%s","arn":"%s","accountId":"%s","accessKeyId":"`, code(r, 17), arn, id),
			tail: fmt.Sprintf(`","userName":"%s"}`, person),
		}
	case i%23 == 7:
		other := fmt.Sprintf("%012d", 900000000000+r.Uint64N(99999999999))
		return principal{head: fmt.Sprintf(`{"type":"AWSAccount","principalId":"AROA%s:%s","accountId":"%s"}`, code(r, 17), app, other)}
	}
	role, session := app+"-role", "i-"+hex(r, 17)
	switch r.IntN(3) {
	case 0:
		role, session = "AWSReservedSSO_Developer_"+hex(r, 16), person+"@example.net"
	case 1:
		session = app + "-" + functions[r.IntN(len(functions))]
	}
	roleID := "AROA" + code(r, 17)
	arn := fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", id, role, session)
	return principal{
		arn: arn, session: true,
		head: fmt.Sprintf(`{"type":"AssumedRole","principalId":"%s:%s","arn":"%s","accountId":"%s","accessKeyId":"`, roleID, session, arn, id),
		tail: fmt.Sprintf(`","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"%s","arn":"arn:aws:iam::%s:role/%s","accountId":"%s","userName":"%s"},"webIdFederationData":{},"attributes":{"creationDate":"`,
			roleID, id, role, id, role),
	}
}

// pick returns the principal at a point between 0 and 1.
func (w *world) pick(account int, at float64) *principal {
	list := w.principals[account]
	at *= list[len(list)-1].upTo
	return &list[min(sort.Search(len(list), func(i int) bool { return list[i].upTo > at }), len(list)-1)]
}

func address(r *rand.Rand) string {
	switch r.IntN(10) {
	case 0:
		return fmt.Sprintf("2001:db8:%x:%x::%x", r.IntN(1<<16), r.IntN(1<<16), r.IntN(1<<16))
	case 1, 2, 3:
		return fmt.Sprintf("10.%d.%d.%d", r.IntN(40), r.IntN(256), 1+r.IntN(254))
	case 4, 5:
		return fmt.Sprintf("198.51.100.%d", 1+r.IntN(254))
	}
	return fmt.Sprintf("%d.%d.%d.%d", 3+r.IntN(100), r.IntN(256), r.IntN(256), 1+r.IntN(254))
}

const (
	codeLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	hexDigits   = "0123456789abcdef"
)

func code(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = codeLetters[r.IntN(len(codeLetters))]
	}
	return string(b)
}

func hex(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = hexDigits[r.IntN(16)]
	}
	return string(b)
}
