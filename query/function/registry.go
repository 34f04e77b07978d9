package function

import (
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/traillake/traillake/query/types"
)

// call is a use of a function with its types settled.
type call struct {
	args   []types.Type
	result types.Type
}

// entry is one overload of a scalar function, as the topic files declare them.
type entry struct {
	sig  string
	make func(c *call) Kernel
	// result, when set, computes the result type from the arguments' types
	// instead of the signature's.
	result func(args []types.Type) (types.Type, error)
	// volatile functions are called for every row, also with constants.
	volatile bool
	// sees dictionaries itself, so that they need not be decoded.
	dictionary bool
}

// aggEntry is one overload of an aggregate.
type aggEntry struct {
	sig     string
	make    func(c *call) func(ctx *Context) Accumulator
	result  func(args []types.Type) (types.Type, error)
	repeats Repeats
}

type overload[E any] struct {
	sig   *signature
	entry E
}

type library struct {
	scalars    map[string][]overload[entry]
	aggregates map[string][]overload[aggEntry]
	windows    map[string][]overload[windowEntry]
	names      []string
}

// functions is the library, put together on first use.
var functions = sync.OnceValue(func() *library {
	l := &library{
		scalars: map[string][]overload[entry]{}, aggregates: map[string][]overload[aggEntry]{},
		windows: map[string][]overload[windowEntry]{},
	}
	for _, topic := range scalarTopics() {
		for _, e := range topic {
			s := mustSignature(e.sig)
			l.scalars[s.name] = append(l.scalars[s.name], overload[entry]{s, e})
		}
	}
	for _, topic := range aggregateTopics() {
		for _, e := range topic {
			s := mustSignature(e.sig)
			l.aggregates[s.name] = append(l.aggregates[s.name], overload[aggEntry]{s, e})
		}
	}
	for name := range l.scalars {
		if name[0] >= 'a' && name[0] <= 'z' && !strings.Contains(name, " ") {
			l.names = append(l.names, name)
		}
	}
	for name := range l.aggregates {
		l.names = append(l.names, name)
	}
	addWindows(l)
	slices.Sort(l.names)
	l.names = slices.Compact(l.names)
	return l
})

// Names returns the names that a user can call, sorted: scalar, aggregate and window functions.
func Names() []string { return slices.Clone(functions().names) }

// IsAggregate reports whether name is an aggregate function. Names are lower case.
func IsAggregate(name string) bool { return len(functions().aggregates[strings.ToLower(name)]) > 0 }

// IsScalar reports whether name is a scalar function.
func IsScalar(name string) bool { return len(functions().scalars[strings.ToLower(name)]) > 0 }

// Resolve finds the scalar function that name means for these arguments, by
// Trino's rules: an exact match, else the overload that needs the least
// coercion. lambda may be nil when no argument is one; it may be called several
// times for one argument. Errors are *ast.Error without a span.
func Resolve(name string, args []Arg, lambda LambdaBinder) (*Scalar, error) {
	name = strings.ToLower(name)
	found := functions().scalars[name]
	if len(found) == 0 {
		return nil, notRegistered(name)
	}
	m, err := choose(found, args, lambda)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, mismatch(name, found, args)
	}
	if f := m.entry.result; f != nil {
		if m.result, err = f(m.want); err != nil {
			return nil, err
		}
	}
	c := &call{args: m.want, result: m.result}
	return &Scalar{
		Name: name, Args: m.want, Result: m.result, Volatile: m.entry.volatile, TakesDictionary: true,
		Kernel: adapt(m.entry, c),
	}, nil
}

// ResolveAggregate is Resolve for aggregate functions.
func ResolveAggregate(name string, args []Arg, lambda LambdaBinder) (*Aggregate, error) {
	name = strings.ToLower(name)
	found := functions().aggregates[name]
	if len(found) == 0 {
		return nil, notRegistered(name)
	}
	m, err := choose(found, args, lambda)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, mismatch(name, found, args)
	}
	if f := m.entry.result; f != nil {
		if m.result, err = f(m.want); err != nil {
			return nil, err
		}
	}
	c := &call{args: m.want, result: m.result}
	return &Aggregate{Name: name, Args: m.want, Result: m.result, Repeats: m.entry.repeats, New: m.entry.make(c)}, nil
}

// match is an overload that accepts the arguments.
type match[E any] struct {
	overload[E]
	want   []types.Type
	result types.Type
}

// choose returns the best overload, nil when none fits.
func choose[E any](found []overload[E], args []Arg, lambda LambdaBinder) (*match[E], error) {
	var fits []match[E]
	var lambdaErr error
	for _, o := range found {
		want, result, ok, err := o.sig.bind(args, lambda)
		if err != nil {
			lambdaErr = err
			continue
		}
		if !ok {
			continue
		}
		m := match[E]{o, want, result}
		if m.exact(args) {
			return &m, nil
		}
		fits = append(fits, m)
	}
	if len(fits) == 0 {
		return nil, lambdaErr
	}
	best := mostSpecific(fits, args, lambda)
	if len(best) > 1 && !hasLambda(args) {
		if only := slices.DeleteFunc(slices.Clone(fits), func(m match[E]) bool { return !m.castsOnlyUnknown(args) }); len(only) > 0 {
			best = mostSpecific(only, args, lambda)
		}
	}
	if len(best) == 1 || sameResult(best) {
		return &best[0], nil
	}
	return nil, ambiguous(best, args)
}

func hasLambda(args []Arg) bool {
	return slices.ContainsFunc(args, func(a Arg) bool { return a.LambdaParams > 0 })
}

func (m *match[E]) exact(args []Arg) bool {
	for i, a := range args {
		if a.LambdaParams == 0 && !a.Type.Equal(m.want[i]) {
			return false
		}
	}
	return true
}

func (m *match[E]) castsOnlyUnknown(args []Arg) bool {
	for i, a := range args {
		if a.LambdaParams == 0 && a.Type.Kind != types.Unknown && !a.Type.Equal(m.want[i]) {
			return false
		}
	}
	return true
}

// mostSpecific drops each match that would also take the arguments of another.
func mostSpecific[E any](fits []match[E], args []Arg, lambda LambdaBinder) []match[E] {
	moreSpecific := func(a, b match[E]) bool {
		settled := slices.Clone(args)
		for i := range settled {
			if settled[i].LambdaParams == 0 {
				settled[i].Type = a.want[i]
			}
		}
		_, _, ok, err := b.sig.bind(settled, lambda)
		return ok && err == nil
	}
	var best []match[E]
	for i, m := range fits {
		beaten := false
		for j, o := range fits {
			if i == j {
				continue
			}
			up, down := moreSpecific(o, m), moreSpecific(m, o)
			switch {
			case up != down:
				beaten = beaten || up
			case o.sig.isGeneric() != m.sig.isGeneric():
				// Where NULL fits both an array and a varchar, the plain type wins.
				beaten = beaten || m.sig.isGeneric()
			case up:
				// Of two that are equally specific the one declared first wins.
				beaten = beaten || j < i
			}
		}
		if !beaten {
			best = append(best, m)
		}
	}
	return best
}

func sameResult[E any](ms []match[E]) bool {
	for _, m := range ms {
		if !m.result.Equal(ms[0].result) {
			return false
		}
	}
	return true
}

// adapt wraps a kernel so that it sees neither dictionaries nor rows that a
// constant call would repeat.
func adapt(e entry, c *call) Kernel {
	k := e.make(c)
	lambdas := slices.ContainsFunc(c.args, func(t types.Type) bool { return t.Kind == types.Function })
	if !e.volatile && !lambdas && len(c.args) > 0 {
		k = onceForConstants(k)
	}
	if !e.dictionary {
		k = overDictionaries(k, !e.volatile && !lambdas)
	}
	return k
}

// onceForConstants computes a call with only constant arguments once and repeats the result.
func onceForConstants(k Kernel) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		if rows <= 1 {
			return k(ctx, args, rows)
		}
		for _, a := range args {
			if !a.Const {
				return k(ctx, args, rows)
			}
		}
		one, err := k(ctx, args, 1)
		if err != nil {
			return nil, err
		}
		defer one.Release()
		return types.Take(ctx.Mem, one, make([]int32, rows)), nil
	}
}

// overDictionaries decodes dictionary arguments. When only one argument varies
// and it is a small dictionary, the function is computed once per distinct value.
func overDictionaries(k Kernel, pure bool) Kernel {
	return func(ctx *Context, args []Value, rows int) (arrow.Array, error) {
		at, varying, dicts := -1, 0, 0
		for i, a := range args {
			if a.Array == nil {
				continue
			}
			if !a.Const {
				varying++
			}
			if a.Array.DataType().ID() == arrow.DICTIONARY {
				dicts++
				at = i
			}
		}
		if dicts == 0 {
			return k(ctx, args, rows)
		}
		if pure && dicts == 1 && varying == 1 && !args[at].Const {
			if out := oncePerValue(k, ctx, args, at, rows); out != nil {
				return out, nil
			}
		}
		plain := slices.Clone(args)
		for i, a := range args {
			if a.Array != nil && a.Array.DataType().ID() == arrow.DICTIONARY {
				plain[i].Array = types.Decode(ctx.Mem, a.Array)
				defer plain[i].Array.Release()
			}
		}
		return k(ctx, plain, rows)
	}
}
