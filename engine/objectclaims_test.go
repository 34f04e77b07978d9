package engine

import (
	"testing"
	"testing/synctest"
)

// TestObjectClaims: one at a time has an object; who waits gets it when it is free.
func TestObjectClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c objectClaims
		a, b := new(int), new(int)
		if _, ok := c.try("s", "k", a); !ok {
			t.Error("a free object is refused")
		}
		if _, ok := c.try("s", "k", a); !ok {
			t.Error("its own claim is refused")
		}
		if _, ok := c.try("s", "k", b); ok {
			t.Error("a claimed object is given to another")
		}
		if _, ok := c.try("t", "k", b); !ok {
			t.Error("the same key of another source is refused")
		}
		got := false
		go func() {
			c.wait("s", "k", b)
			got = true
		}()
		synctest.Wait()
		c.free("s", "k", b) // it has no claim to give
		synctest.Wait()
		if got {
			t.Error("the object was taken before it was free")
		}
		c.freeAll(a)
		synctest.Wait()
		if !got {
			t.Error("the object was not taken when it was free")
		}
		if _, ok := c.try("s", "k", a); ok {
			t.Error("both have it")
		}
	})
}
