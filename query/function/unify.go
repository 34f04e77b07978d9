package function

import (
	"strconv"

	"github.com/traillake/traillake/query/types"
)

// binding is what a call's arguments say about a signature's variables.
type binding struct {
	types map[string]types.Type
	nums  map[string]int
}

// bind matches arguments against the signature. It returns the types to which
// they must be cast and the result type, or false when they do not fit. An
// error is one that the binder met in a lambda.
func (s *signature) bind(args []Arg, lambda LambdaBinder) (want []types.Type, result types.Type, ok bool, err error) {
	patterns, ok := s.expand(args)
	if !ok {
		return nil, types.Type{}, false, nil
	}
	b := &binding{types: map[string]types.Type{}, nums: map[string]int{}}
	for i, p := range patterns {
		if args[i].LambdaParams == 0 && !b.unify(p, args[i].Type) {
			return nil, types.Type{}, false, nil
		}
	}
	// A lambda's result may widen a variable that an earlier lambda takes, so
	// this runs until nothing changes; every round goes up a type's short chain.
	for range 4 {
		changed, ok, err := b.unifyLambdas(patterns, args, lambda)
		if err != nil || !ok {
			return nil, types.Type{}, false, err
		}
		if !changed {
			break
		}
	}
	if !b.satisfies(s.constraints) {
		return nil, types.Type{}, false, nil
	}
	want = make([]types.Type, len(args))
	for i, p := range patterns {
		want[i] = b.build(p)
		if p.base == anyType {
			want[i] = args[i].Type
		}
		if args[i].LambdaParams == 0 && !types.CanCoerce(args[i].Type, want[i]) {
			return nil, types.Type{}, false, nil
		}
	}
	return want, b.build(s.result), true, nil
}

// expand pairs each argument with its pattern, repeating the variadic one.
func (s *signature) expand(args []Arg) ([]*pattern, bool) {
	patterns := s.args
	if s.variadic {
		least := len(s.args) - 1
		if len(args) < least {
			return nil, false
		}
		patterns = append([]*pattern(nil), s.args[:least]...)
		for len(patterns) < len(args) {
			patterns = append(patterns, s.args[least])
		}
	}
	if len(patterns) != len(args) {
		return nil, false
	}
	for i, p := range patterns {
		if (p.kind == types.Function && !p.isVar) != (args[i].LambdaParams > 0) {
			return nil, false
		}
		if n := args[i].LambdaParams; n > 0 && n != len(p.params)-1 {
			return nil, false
		}
	}
	return patterns, true
}

func (b *binding) unifyLambdas(patterns []*pattern, args []Arg, lambda LambdaBinder) (changed, ok bool, err error) {
	for i, p := range patterns {
		if args[i].LambdaParams == 0 {
			continue
		}
		last := len(p.params) - 1
		params := make([]types.Type, last)
		for k := range params {
			params[k] = b.build(p.params[k])
		}
		body, err := lambda(i, params)
		if err != nil {
			return false, false, err
		}
		before := b.build(p.params[last])
		if !b.unify(p.params[last], body) {
			return false, false, nil
		}
		after := b.build(p.params[last])
		if !types.CanCoerce(body, after) {
			return false, false, nil
		}
		changed = changed || !after.Equal(before)
	}
	return changed, true, nil
}

// unify widens the variables of p so that a value of type t fits.
func (b *binding) unify(p *pattern, t types.Type) bool {
	switch {
	case p.base == anyType:
		return true
	case p.closed:
		return types.CanCoerce(t, p.fixed)
	case p.isVar:
		old, bound := b.types[p.base]
		if !bound {
			b.types[p.base] = t
			return true
		}
		super, ok := types.CommonSuperType(old, t)
		b.types[p.base] = super
		return ok
	case len(p.nums) > 0:
		return b.unifyNumbers(p, t)
	}
	parts := nestedParts(p, t)
	if len(parts) != len(p.params) {
		return false
	}
	for i, q := range p.params {
		if !b.unify(q, parts[i]) {
			return false
		}
	}
	return true
}

// nestedParts returns the types inside t that stand for p's parameters.
func nestedParts(p *pattern, t types.Type) []types.Type {
	if t.Kind == types.Unknown {
		return make([]types.Type, len(p.params)) // each is unknown too
	}
	if t.Kind != p.kind {
		return nil
	}
	switch t.Kind {
	case types.Array:
		return []types.Type{*t.Elem}
	case types.Map:
		return []types.Type{*t.Key, *t.Elem}
	case types.Row:
		parts := make([]types.Type, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Type
		}
		return parts
	}
	return nil
}

// unifyNumbers binds x of varchar(x), p and s of decimal(p,s), p of timestamp(p).
func (b *binding) unifyNumbers(p *pattern, t types.Type) bool {
	if t.Kind != p.kind {
		// The narrowest type of the pattern's kind to which t coerces.
		probe := types.Type{Kind: p.kind}
		switch p.kind {
		case types.Decimal:
			probe = types.DecimalOf(1, 0)
		case types.Varchar:
			if t.Kind == types.Char {
				probe.Length = types.Unbounded
			}
		}
		super, ok := types.CommonSuperType(t, probe)
		if !ok || super.Kind != p.kind {
			return false
		}
		t = super
	}
	switch t.Kind {
	case types.Decimal:
		super := t
		if old, bound := b.nums[p.nums[0]]; bound {
			super, _ = types.CommonSuperType(types.DecimalOf(old, b.nums[p.nums[1]]), t)
		}
		b.nums[p.nums[0]], b.nums[p.nums[1]] = super.Precision, super.Scale
	case types.Varchar, types.Char:
		old, bound := b.nums[p.nums[0]]
		if t.Length == types.Unbounded || bound && old == types.Unbounded {
			b.nums[p.nums[0]] = types.Unbounded
		} else {
			b.nums[p.nums[0]] = max(old, t.Length)
		}
	default:
		b.nums[p.nums[0]] = max(b.nums[p.nums[0]], t.Precision)
	}
	return true
}

// build replaces the variables of p by what they are bound to; unknown when unbound.
func (b *binding) build(p *pattern) types.Type {
	switch {
	case p.closed || p.base == anyType:
		return p.fixed
	case p.isVar:
		return b.types[p.base]
	}
	num := func(i int) int {
		if n, err := strconv.Atoi(p.nums[i]); err == nil {
			return n
		}
		return b.nums[p.nums[i]]
	}
	switch p.kind {
	case types.Array:
		return types.ArrayOf(b.build(p.params[0]))
	case types.Map:
		return types.MapOf(b.build(p.params[0]), b.build(p.params[1]))
	case types.Row:
		fields := make([]types.Field, len(p.params))
		for i, q := range p.params {
			fields[i].Type = b.build(q)
		}
		return types.RowOf(fields...)
	case types.Function:
		last := len(p.params) - 1
		params := make([]types.Type, last)
		for i := range params {
			params[i] = b.build(p.params[i])
		}
		return types.FunctionOf(params, b.build(p.params[last]))
	case types.Decimal:
		return types.DecimalOf(num(0), num(1))
	case types.Varchar, types.Char:
		return types.Type{Kind: p.kind, Length: num(0)}
	}
	return types.Type{Kind: p.kind, Precision: num(0)}
}

func (b *binding) satisfies(constraints map[string]string) bool {
	for v, c := range constraints {
		t, bound := b.types[v]
		if bound && (c == "comparable" && !t.IsComparable() || c == "orderable" && !t.IsOrderable()) {
			return false
		}
	}
	return true
}
