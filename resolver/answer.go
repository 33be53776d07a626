package resolver

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// answer is one catalog as a slot keeps it. It is immutable and shared by every request.
type answer struct {
	fetched time.Time     // without its monotonic part: a suspended machine ages its answers too
	soft    time.Duration // jitter taken off
	hard    time.Duration
	list    *list
	past    []string // what the customer paid with before, of the methods that Ottu lists
	own     bool     // asked with the customer's ID
}

// isFresh tells whether the answer needs no refresh. An answer from the future, after the clock was set back, does.
func (a *answer) isFresh(now time.Time) bool {
	age := now.Round(0).Sub(a.fetched)
	return 0 <= age && age < a.soft
}

// isUsable tells whether the answer is within its hard age.
func (a *answer) isUsable(now time.Time) bool { return now.Round(0).Sub(a.fetched) < a.hard }

// list is the methods of an answer, and what the guards said of them. It is immutable. Answers of customers share the
// base answer's list where it is equal, and its methods where they are.
type list struct {
	all    []*PaymentMethod // in the merchant's order
	guards [][]Reason       // why a method of all is not eligible, at the same index
	view   view             // what every request sees, where the profile has neither rules nor an order
}

// maxMethods bounds what one answer may hold in memory. A merchant has tens of gateways.
const maxMethods = 1000

// sift drops the entries that make no sense, and says which. What is left shares the methods of like that are equal.
func sift(c Catalog, like *list) (methods []*PaymentMethod, dropped []error, err error) {
	if len(c.Methods) > maxMethods {
		return nil, nil, fmt.Errorf("%w: %d methods, more than %d", errRefused, len(c.Methods), maxMethods)
	}
	same := func(k *PaymentMethod, m PaymentMethod) bool { return k.Equal(m) }
	if like != nil && len(c.Dropped) == 0 && slices.EqualFunc(like.all, c.Methods, same) {
		return like.all, nil, nil // as nearly always
	}
	known := map[string]*PaymentMethod{}
	if like != nil {
		for _, m := range like.all {
			known[m.Code] = m
		}
	}
	dropped = slices.Clone(c.Dropped)
	seen := make(map[string]bool, len(c.Methods))
	for i, m := range c.Methods {
		switch {
		case !isCode(m.Code):
			dropped = append(dropped, fmt.Errorf("method %d: its code is not 1 to 50 letters, digits, - and _", i))
			continue
		case seen[m.Code]:
			dropped = append(dropped, fmt.Errorf("method %d: code %q is listed twice", i, m.Code))
			continue
		}
		seen[m.Code] = true
		if k := known[m.Code]; k != nil && k.Equal(m) {
			methods = append(methods, k)
		} else {
			own := m // a pointer into the catalog would keep all of it
			methods = append(methods, &own)
		}
	}
	if len(methods) == 0 && len(dropped) > 0 {
		return nil, dropped, fmt.Errorf("%w: %w", errRefused, errors.Join(dropped[:min(len(dropped), 3)]...))
	}
	return methods, dropped, nil
}

// isCode tells whether a pg_code can be one. Ottu's schemas allow 16 characters in one place and 50 in another.
func isCode(s string) bool {
	if s == "" || len(s) > 50 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// newList judges the methods of an answer by the guards of a base slot. Where the result equals like, like is returned.
func (b *base) newList(methods []*PaymentMethod, like *list) *list {
	if like != nil && slices.Equal(like.all, methods) {
		return like
	}
	l := &list{all: methods, guards: make([][]Reason, len(methods))}
	for i, m := range methods {
		l.guards[i] = b.guard(m)
	}
	l.view = b.judge(l, nil)
	l.view.name()
	return l
}

// pastOf keeps of a customer's past codes those that the answer lists, each once, in their order.
func pastOf(codes []string, methods []*PaymentMethod) []string {
	past := make([]string, 0, min(len(codes), len(methods)))
	for _, code := range codes {
		if slices.Contains(past, code) {
			continue
		}
		if i := slices.IndexFunc(methods, func(m *PaymentMethod) bool { return m.Code == code }); i >= 0 {
			past = append(past, methods[i].Code)
		}
	}
	return past
}
