package faultfs

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Decider tells the error of an operation, nil for none.
type Decider = func(Op) error

// Match picks operations.
type Match func(Op) bool

// Fail returns a decider that answers err for operations that all matches
// pick. The matches are asked in order and the first refusal ends it, so that
// Nth after Kinds counts operations of those kinds only.
func Fail(err error, matches ...Match) Decider {
	all := All(matches...)
	return func(op Op) error {
		if all(op) {
			return err
		}
		return nil
	}
}

// First returns a decider that asks each in order and takes the first error.
func First(deciders ...Decider) Decider {
	return func(op Op) error {
		for _, d := range deciders {
			if err := d(op); err != nil {
				return err
			}
		}
		return nil
	}
}

// All picks what every match picks, asked in order until one refuses.
func All(matches ...Match) Match {
	return func(op Op) bool {
		for _, m := range matches {
			if !m(op) {
				return false
			}
		}
		return true
	}
}

// Any picks what at least one match picks, asked in order until one does.
func Any(matches ...Match) Match {
	return func(op Op) bool {
		return slices.ContainsFunc(matches, func(m Match) bool { return m(op) })
	}
}

// Not picks what m does not.
func Not(m Match) Match { return func(op Op) bool { return !m(op) } }

// Kinds picks operations of the given kinds.
func Kinds(kinds ...Kind) Match {
	return func(op Op) bool { return slices.Contains(kinds, op.Kind) }
}

// Changing picks operations that change what is stored.
func Changing() Match { return func(op Op) bool { return op.Kind.Changes() } }

// Path picks operations on files by a path.Match pattern, which is compared
// with as many trailing elements of the path as the pattern has: "*.log", or
// "log/HEAD". A rename is picked by either name. A malformed pattern picks
// nothing.
func Path(pattern string) Match {
	depth := strings.Count(pattern, "/") + 1
	match := func(name string) bool {
		parts := strings.Split(filepath.ToSlash(name), "/")
		parts = parts[max(0, len(parts)-depth):]
		ok, err := path.Match(pattern, strings.Join(parts, "/"))
		return ok && err == nil
	}
	return func(op Op) bool { return match(op.Path) || op.NewPath != "" && match(op.NewPath) }
}

// Nth picks the operation that reaches it as number n, counted from 0.
func Nth(n int64) Match {
	var seen atomic.Int64
	return func(Op) bool { return seen.Add(1)-1 == n }
}

// From picks the operation that reaches it as number n, counted from 0, and
// all later ones.
func From(n int64) Match {
	var seen atomic.Int64
	return func(Op) bool { return seen.Add(1)-1 >= n }
}

// DiskFull returns a decider that lets that many bytes be written and then
// has no space: the write that passes the limit is cut short. Removing files
// gives nothing back.
func DiskFull(bytes int64) Decider {
	var mu sync.Mutex
	left := bytes
	return func(op Op) error {
		if op.Kind != Write {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if int64(op.Size) <= left {
			left -= int64(op.Size)
			return nil
		}
		short := &Short{N: int(left), Err: syscall.ENOSPC}
		left = 0
		return short
	}
}

// Each returns a decider that calls fn for every operation and fails none. It
// serves to log or count operations, or to take a crash clone at each.
func Each(fn func(Op)) Decider {
	return func(op Op) error {
		fn(op)
		return nil
	}
}
