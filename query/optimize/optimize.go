// Package optimize rewrites a logical plan into a cheaper one with the same
// rows. It is a fixed list of rules, each total and pure: a plan in, a plan
// out. What a rule cannot improve it leaves alone; none of them looks at data.
//
// Each rule has a name, so that a test can switch it off and compare the rows.
package optimize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/traillake/traillake/query/plan"
)

// Eval computes a constant expression. It answers false when the expression
// fails or its value cannot be a literal; the expression then stays, and a
// failure is reported when the query runs.
type Eval func(plan.Expr) (*plan.Literal, bool)

// Options choose what is done. The zero value does everything that needs no evaluation.
type Options struct {
	// Disable names rules to leave out.
	Disable []string
	// Eval evaluates constants; nil folds none.
	Eval Eval
}

// rule is one rewriting step.
type rule struct {
	name  string
	apply func(plan.Node) (plan.Node, error)
}

// rules are the steps in the order they run.
func rules(eval Eval) []rule {
	return []rule{
		// Comparisons on the column itself, not on a conversion of it, can be pruned by.
		{"unwrapCasts", unwrapCasts},
		// Literals are what all later rules and the statistics understand.
		{"foldConstants", foldConstants(eval)},
		// Conditions fall apart into conjuncts, and constant ones disappear.
		{"simplifyBooleans", simplifyBooleans},
		// Rows go as early as possible; needs the conjuncts.
		{"pushDownFilter", pushDownFilter},
		// Joins that only pair rows get conditions; needs the conditions at the joins.
		{"reorderJoins", reorderJoins},
		// Fewer steps for the rules below to look through.
		{"mergeProjects", mergeProjects},
		// A limit reaches the sort or the scan under projections.
		{"pushDownLimit", pushDownLimit},
		// Only what is used is read; needs filters and projections in their place.
		{"pruneColumns", pruneColumns},
		// Pruning leaves projections that only pass columns on.
		{"mergeProjects", mergeProjects},
		// Last, because hints are over the columns that the scan ends up with.
		{"hintScan", hintScan},
		// Needs the conditions to be with the scan.
		{"hintTop", hintTop},
		// Needs the input to stay in its order: nothing may change it after this.
		{"streamAggregates", streamAggregates},
		// Needs to know which aggregates read all of their input at once.
		{"foldRows", foldRows},
	}
}

// Rules returns the names of the rules, in the order they first run.
func Rules() []string {
	var names []string
	for _, r := range rules(nil) {
		if !slices.Contains(names, r.name) {
			names = append(names, r.name)
		}
	}
	return names
}

// Optimize applies the rules.
func Optimize(n plan.Node, opts Options) (plan.Node, error) {
	for _, name := range opts.Disable {
		if known := Rules(); !slices.Contains(known, name) {
			return nil, fmt.Errorf("no rule %q: the rules are %s", name, strings.Join(known, ", "))
		}
	}
	for _, r := range rules(opts.Eval) {
		if slices.Contains(opts.Disable, r.name) {
			continue
		}
		var err error
		if n, err = r.apply(n); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.name, err)
		}
	}
	return n, nil
}
