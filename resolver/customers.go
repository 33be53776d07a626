package resolver

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/patrickmn/go-cache"
)

// customers are the slots of customers' answers, in go-cache under the customer's ID. go-cache has no bound, so it is kept
// here, by SIEVE: a queue of customers in the order they came, from whose old end a hand walks and evicts the first one
// that was not used since it last passed.
//
// Every reader of go-cache writes to its one lock, and processors that hit at the same time would wait for each other. So
// an index stands in front of it, which a hit only reads. It holds nearly every customer, each in one of the few places
// behind its hash; who finds none free is found in go-cache.
type customers struct {
	seed  maphash.Seed
	index []atomic.Pointer[customer] // a power of two of them
	cache *cache.Cache

	mu     sync.Mutex // for all that follows, and for every write to index and cache
	limit  int
	count  int
	newest *customer
	oldest *customer
	hand   *customer
}

// indexWays is how many places a customer may have in the index.
const indexWays = 4

// customer is one customer's slots: one for each cart type and currency that was asked.
type customer struct {
	id           string
	used         atomic.Bool
	slots        atomic.Pointer[[]*slot] // replaced, never changed
	newer, older *customer
}

func newCustomers(limit int) *customers {
	return &customers{
		seed:  maphash.MakeSeed(),
		index: make([]atomic.Pointer[customer], 1<<bits.Len(uint(2*limit))),
		cache: cache.New(cache.NoExpiration, 0), // no janitor: it would outlive us, and the ages live in the answers
		limit: limit,
	}
}

// place is the i-th place that a customer may have in the index.
func (cs *customers) place(hash uint64, i int) *atomic.Pointer[customer] {
	return &cs.index[(int(hash)+i)&(len(cs.index)-1)] //nolint:gosec // meant to wrap
}

// find returns the customer's slot, or nil. It is the hit's path: it takes no lock, unless the index had no room.
func (cs *customers) find(id string, b *base) *slot {
	hash := maphash.String(cs.seed, id)
	for i := range indexWays {
		if c := cs.place(hash, i).Load(); c != nil && c.id == id {
			return c.find(b)
		}
	}
	if c := cs.get(id); c != nil {
		return c.find(b)
	}
	return nil
}

// get returns the customer from go-cache, or nil.
func (cs *customers) get(id string) *customer {
	v, ok := cs.cache.Get(id)
	if !ok {
		return nil
	}
	return v.(*customer) //nolint:forcetypeassert // nothing else is ever stored
}

func (c *customer) find(b *base) *slot {
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
	c := cs.get(id)
	if c != nil {
		if s := c.find(b); s != nil {
			return s, 0
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
	cs.cache.Set(c.id, c, cache.NoExpiration)
	cs.swapInIndex(c.id, nil, c)
}

// swapInIndex puts one thing in the place of another, among the customer's places. The caller holds mu.
func (cs *customers) swapInIndex(id string, from, to *customer) {
	hash := maphash.String(cs.seed, id)
	for i := range indexWays {
		if cs.place(hash, i).CompareAndSwap(from, to) {
			return
		}
	}
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
	cs.cache.Delete(c.id)
	cs.swapInIndex(c.id, c, nil)
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
		if c := cs.get(id); c != nil {
			dropped = cs.dropOf(c, match)
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
