package resolver

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/patrickmn/go-cache"
)

// customers are the slots of customers' answers, in go-cache under the customer's ID. go-cache has one lock and no
// bound; so there are several of them, and the bound is kept here, by SIEVE: a queue of customers in the order they
// came, from whose old end a hand walks and evicts the first one that was not used since it last passed. A hit sets a
// flag and takes no lock but go-cache's read lock.
type customers struct {
	shards [shardCount]*cache.Cache

	mu     sync.Mutex // for all that follows, and for every write to a shard
	limit  int
	count  int
	newest *customer
	oldest *customer
	hand   *customer
}

const shardCount = 32

// customer is one customer's slots: one for each cart type and currency that was asked.
type customer struct {
	id           string
	used         atomic.Bool
	slots        atomic.Pointer[[]*slot] // replaced, never changed
	newer, older *customer
}

func newCustomers(limit int) *customers {
	cs := &customers{limit: limit}
	for i := range cs.shards {
		cs.shards[i] = cache.New(cache.NoExpiration, 0) // no janitor: it would outlive us, and the ages live in the answers
	}
	return cs
}

// shard picks by the end of an ID, where IDs differ. A caller who makes up IDs that all fall on one shard loses the
// others' locks, and nothing else.
func (cs *customers) shard(id string) *cache.Cache {
	h := uint32(0)
	for i := max(len(id)-4, 0); i < len(id); i++ {
		h = h*31 + uint32(id[i])
	}
	return cs.shards[h%shardCount]
}

// find returns the customer's slot, or nil. It is the hit's path.
func (cs *customers) find(id string, b *base) *slot {
	v, ok := cs.shard(id).Get(id)
	if !ok {
		return nil
	}
	c := v.(*customer) //nolint:forcetypeassert // nothing else is ever stored
	if !c.used.Load() {
		c.used.Store(true)
	}
	for _, s := range *c.slots.Load() {
		if s.base == b {
			return s
		}
	}
	return nil
}

// findOrAdd returns the customer's slot, made if need be, and how many others were evicted for it.
func (cs *customers) findOrAdd(id string, b *base) (s *slot, evicted int) {
	if s := cs.find(id, b); s != nil {
		return s, 0
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var c *customer
	if v, ok := cs.shard(id).Get(id); ok {
		c = v.(*customer) //nolint:forcetypeassert // nothing else is ever stored
		for _, s := range *c.slots.Load() {
			if s.base == b {
				return s, 0
			}
		}
	} else {
		for cs.count >= cs.limit {
			cs.evict()
			evicted++
		}
		c = &customer{id: strings.Clone(id)} // the request's string may keep a whole header alive
		c.slots.Store(&[]*slot{})
		cs.push(c)
	}
	s = &slot{base: b, customer: c.id}
	slots := append(slices.Clip(*c.slots.Load()), s)
	c.slots.Store(&slots)
	return s, evicted
}

// push adds a customer as the newest. The caller holds mu.
func (cs *customers) push(c *customer) {
	if c.older = cs.newest; c.older != nil {
		c.older.newer = c
	} else {
		cs.oldest = c
	}
	cs.newest = c
	cs.count++
	cs.shard(c.id).Set(c.id, c, cache.NoExpiration)
}

// remove takes a customer out. The caller holds mu.
func (cs *customers) remove(c *customer) {
	if cs.hand == c {
		cs.hand = c.newer
	}
	if c.newer != nil {
		c.newer.older = c.older
	} else {
		cs.newest = c.older
	}
	if c.older != nil {
		c.older.newer = c.newer
	} else {
		cs.oldest = c.newer
	}
	cs.count--
	cs.shard(c.id).Delete(c.id)
}

// evict takes out one customer that was not used of late. The caller holds mu.
func (cs *customers) evict() {
	c := cs.hand
	for {
		if c == nil {
			c = cs.oldest
		}
		if !c.used.Swap(false) {
			break
		}
		c = c.newer
	}
	cs.hand = c.newer
	cs.remove(c)
	for _, s := range *c.slots.Load() {
		s.detach()
	}
}

// drop forgets the slots that match, of one customer or, with an empty id, of all, and returns how many had something.
func (cs *customers) drop(id string, match func(*base) bool) (dropped int) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if id != "" {
		if v, ok := cs.shard(id).Get(id); ok {
			dropped = cs.dropOf(v.(*customer), match) //nolint:forcetypeassert // nothing else is ever stored
		}
		return dropped
	}
	for c := cs.oldest; c != nil; {
		next := c.newer
		dropped += cs.dropOf(c, match)
		c = next
	}
	return dropped
}

// dropOf forgets the slots of one customer that match. The caller holds mu.
func (cs *customers) dropOf(c *customer, match func(*base) bool) (dropped int) {
	var keep []*slot
	for _, s := range *c.slots.Load() {
		if !match(s.base) {
			keep = append(keep, s)
		} else if s.forget() {
			dropped++
		}
	}
	if len(keep) == 0 {
		cs.remove(c)
	}
	c.slots.Store(&keep)
	return dropped
}

// each calls f with every slot.
func (cs *customers) each(f func(*slot)) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for c := cs.oldest; c != nil; c = c.newer {
		for _, s := range *c.slots.Load() {
			f(s)
		}
	}
}

func (cs *customers) len() int {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return cs.count
}

// detach marks an evicted slot. A flight goes on for those who wait for it.
func (s *slot) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	s.rest()
}
