package engine

import "sync"

// objectClaims are the objects of buckets that are being read into a store, so that
// an import and a watched source never read the same one at the same time: each
// would add the records that have no identity. An import waits for a watched source,
// which is done in a moment; a watched source comes again later. The zero value is
// ready. Safe for concurrent use.
type objectClaims struct {
	mu      sync.Mutex
	claimed map[[2]string]objectClaim // by source and key
}

type objectClaim struct {
	by   any
	done chan struct{} // closed when it is given free
}

// try claims an object, unless another has it.
func (c *objectClaims) try(source, key string, by any) (other <-chan struct{}, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := [2]string{source, key}
	if has, there := c.claimed[at]; there {
		return has.done, has.by == by
	}
	if c.claimed == nil {
		c.claimed = map[[2]string]objectClaim{}
	}
	c.claimed[at] = objectClaim{by, make(chan struct{})}
	return nil, true
}

// wait claims an object when no other has it any more.
func (c *objectClaims) wait(source, key string, by any) {
	for {
		other, ok := c.try(source, key, by)
		if ok {
			return
		}
		<-other
	}
}

func (c *objectClaims) free(source, key string, by any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop([2]string{source, key}, by)
}

// freeAll gives free what one has claimed.
func (c *objectClaims) freeAll(by any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at := range c.claimed {
		c.drop(at, by)
	}
}

func (c *objectClaims) drop(at [2]string, by any) {
	if has, ok := c.claimed[at]; ok && has.by == by {
		delete(c.claimed, at)
		close(has.done)
	}
}
