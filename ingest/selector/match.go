package selector

import (
	"slices"

	"github.com/traillake/traillake/ingest/event"
)

// compiled is a selector ready to match.
type compiled struct {
	category  string
	plain     []plainCondition // cheapest first
	resources *resourceCondition
}

// plainCondition is the condition on a field with one value.
type plainCondition struct {
	field event.Selectable
	condition
}

// resourceCondition is resources.type with resources.ARN.
type resourceCondition struct {
	kind []byte
	arn  condition
}

// compile prepares a valid selector.
func compile(s EventSelector) (c compiled) {
	for _, f := range s.FieldSelectors {
		switch f.Field {
		case fieldCategory:
			c.category = f.Equals[0]
		case fieldResourceType:
			c.resource().kind = []byte(f.Equals[0])
		case fieldResourceARN:
			c.resource().arn = newCondition(f)
		default:
			c.plain = append(c.plain, plainCondition{plainFields[f.Field], newCondition(f)})
		}
	}
	slices.SortFunc(c.plain, func(a, b plainCondition) int { return int(a.field) - int(b.field) })
	return c
}

func (c *compiled) resource() *resourceCondition {
	if c.resources == nil {
		c.resources = new(resourceCondition)
	}
	return c.resources
}

// match reports whether an event of the selector's category meets its conditions.
func (c *compiled) match(d *event.Decoder) bool {
	for i := range c.plain {
		p := &c.plain[i]
		value, ok := d.Value(p.field)
		if !ok && p.selects || ok && !p.holds(value) {
			return false
		}
	}
	return c.resources == nil || c.resources.match(d)
}

// match reports whether the event has a resource of the type, none of these meets a
// Not condition, and one meets another condition where there is one.
func (r *resourceCondition) match(d *event.Decoder) bool {
	typed, selected, deselected := false, !r.arn.selects, false
	for kind, arn := range d.Resources {
		if string(kind) != string(r.kind) {
			continue
		}
		typed = true
		if arn == nil {
			continue
		}
		if r.arn.not.meets(arn) {
			deselected = true
			break
		}
		selected = selected || r.arn.any.meets(arn)
	}
	return typed && selected && !deselected
}

// condition is what one field must be like.
type condition struct {
	selects bool // it has Equals, StartsWith or EndsWith
	any     values
	not     values
}

func newCondition(f FieldSelector) condition {
	return condition{
		selects: len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) > 0,
		any:     newValues(f.Equals, f.StartsWith, f.EndsWith),
		not:     newValues(f.NotEquals, f.NotStartsWith, f.NotEndsWith),
	}
}

// holds reports whether a value that is there is as the field must be.
func (c *condition) holds(value []byte) bool {
	return (!c.selects || c.any.meets(value)) && !c.not.meets(value)
}
