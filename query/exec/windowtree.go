package exec

import (
	"slices"

	"github.com/traillake/traillake/query/function"
)

// longFrame is the most rows that a frame is computed from one by one. Up to it
// the sums of floating-point numbers are those of adding in order.
const longFrame = 64

// leafRows is how many rows a leaf of a frameTree holds.
const leafRows = 16

// frameTree holds an aggregate of each leafRows rows, of each two of those, of
// each two of these, and so on, each computed when first needed. A frame of n
// rows is some rows at its ends and log n of the tree's nodes, in order.
type frameTree struct {
	a      *frameAggregate
	levels []function.Accumulator // a group per node
	done   [][]bool
	leaves int
}

func newFrameTree(a *frameAggregate) *frameTree { return &frameTree{a: a, leaves: a.r.n / leafRows} }

// framePieces are what frames are computed from, in this order: rows, nodes, rows.
type framePieces struct {
	frames                  int
	left, right             []int32 // rows
	leftGroups, rightGroups []int32
	nodes                   []treeNode
}

// treeNode is a node that belongs to a frame.
type treeNode struct {
	group        int32
	level, index int
}

// fill gives the rows added last to the current frame.
func (p *framePieces) fill(groups []int32, n int) []int32 {
	for len(groups) < n {
		groups = append(groups, int32(p.frames))
	}
	return groups
}

// cut adds the pieces of the frame from lo on and before hi.
func (t *frameTree) cut(p *framePieces, lo, hi int) {
	l, r := (lo+leafRows-1)/leafRows, hi/leafRows
	for i := lo; i < l*leafRows; i++ {
		p.left = append(p.left, int32(i))
	}
	for i := r * leafRows; i < hi; i++ {
		p.right = append(p.right, int32(i))
	}
	p.leftGroups, p.rightGroups = p.fill(p.leftGroups, len(p.left)), p.fill(p.rightGroups, len(p.right))
	var last []treeNode
	for level := 0; l < r; level++ {
		if l&1 == 1 {
			p.nodes = append(p.nodes, treeNode{int32(p.frames), level, l})
			l++
		}
		if r&1 == 1 {
			r--
			last = append(last, treeNode{int32(p.frames), level, r})
		}
		l, r = l/2, r/2
	}
	slices.Reverse(last)
	p.nodes = append(p.nodes, last...)
}

// node returns the accumulator of a level with the node's group computed.
func (t *frameTree) node(level, index int) (function.Accumulator, error) {
	for len(t.levels) <= level {
		n := t.leaves >> len(t.levels)
		acc := t.a.fn.New(t.a.r.s.env.Context)
		acc.Grow(n)
		t.levels, t.done = append(t.levels, acc), append(t.done, make([]bool, n))
		t.a.r.reserve(acc.Size())
	}
	acc := t.levels[level]
	if t.done[level][index] {
		return acc, nil
	}
	t.done[level][index] = true
	if level == 0 {
		rows, groups := make([]int32, leafRows), make([]int32, leafRows)
		for i := range rows {
			rows[i], groups[i] = int32(index*leafRows+i), int32(index)
		}
		return acc, t.a.update(acc, groups, rows)
	}
	for _, child := range []int{2 * index, 2*index + 1} {
		below, err := t.node(level-1, child)
		if err != nil {
			return nil, err
		}
		if err := acc.(function.Grouped).MergeGroup(int32(index), below, int32(child)); err != nil {
			return nil, err
		}
	}
	return acc, nil
}
