package resolver

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"slices"
	"strings"
)

// Environment is the API's `type`: whose gateways to list, the real ones or the test ones. Ottu tells them apart by the
// MID and not by the host, so it cannot be inferred and is always named.
type Environment string

// The two environments of Ottu.
const (
	Production Environment = "production"
	Sandbox    Environment = "sandbox"
)

// Operation is what a payment does with the money: take it, or reserve it for a later capture.
type Operation string

// The operations that the Payment Methods API filters by.
const (
	Purchase  Operation = "purchase"
	Authorize Operation = "authorize"
)

// Flag is a boolean that may be absent. In [Filters], Unset is not sent at all, and No is sent as false, which Ottu may
// read differently from an absent field. In a [PaymentMethod], Unset means that Ottu did not say.
type Flag uint8

// The values of a Flag.
const (
	Unset Flag = iota
	No
	Yes
)

// FlagOf is Yes for true and No for false.
func FlagOf(b bool) Flag {
	if b {
		return Yes
	}
	return No
}

func (f Flag) String() string {
	switch f {
	case Yes:
		return "yes"
	case No:
		return "no"
	default:
		return "unset"
	}
}

// Filters is the question put to a [Source]: the request body of Ottu's Payment Methods API. The zero value of a field
// is not sent. List fields are sets: their order and repeats do not matter.
//
// Printing or logging Filters shows whether there is a customer and never who.
type Filters struct {
	// Plugin is the sales channel, such as "e_commerce" or "payment_request"; at most 50 characters. Always sent.
	Plugin string
	// Environment is sent as `type`. Always sent.
	Environment Environment
	// Currencies are ISO 4217 codes. The engine sends exactly one: whether Ottu joins several by "and" or by "or" is
	// not documented.
	Currencies []string
	// CustomerID is at most 64 characters. With it the answer names the customer's past methods, and may add a wallet.
	CustomerID string
	Operation  Operation
	// Tokenizable and AutoDebit are described by the same sentence in Ottu's documents; nobody says what the second one
	// adds to the first.
	Tokenizable, AutoDebit Flag
	// PGNames are gateway names such as "kpay" or "mpgs".
	PGNames []string
	// Tags match a gateway that has any of them.
	Tags []string
	// PaymentServices match a gateway that has any of them: "apple_pay", "google_pay", "samsung_pay", "wallet".
	PaymentServices []string
}

// Normalized returns Filters of the same meaning in one canonical form: sets sorted and without repeats, empty ones
// nil. Nothing is shared with f.
func (f Filters) Normalized() Filters {
	for _, set := range []*[]string{&f.Currencies, &f.PGNames, &f.Tags, &f.PaymentServices} {
		if len(*set) == 0 {
			*set = nil
			continue
		}
		sorted := slices.Clone(*set)
		slices.Sort(sorted)
		*set = slices.Compact(sorted)
	}
	return f
}

// String describes the filters without the customer.
func (f Filters) String() string {
	parts := []string{clip(f.Plugin), string(f.Environment), strings.Join(f.Currencies, "+"), string(f.Operation)}
	if f.Tokenizable != Unset {
		parts = append(parts, "tokenizable="+f.Tokenizable.String())
	}
	if f.AutoDebit != Unset {
		parts = append(parts, "auto_debit="+f.AutoDebit.String())
	}
	if f.CustomerID != "" {
		parts = append(parts, "customer")
	}
	parts = append(parts, strings.Join(f.PGNames, "+"), strings.Join(f.Tags, "+"), strings.Join(f.PaymentServices, "+"))
	return "filters(" + strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ") + ")"
}

// Format is String for every verb of fmt.
func (f Filters) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, f.String()) }

// LogValue is String for slog.
func (f Filters) LogValue() slog.Value { return slog.StringValue(f.String()) }

// Namespace names an answer: 64 hexadecimal digits that two questions share only when they were put to the same host,
// by the same principal, with filters of the same meaning, customer and environment included. It is the one name for an
// answer wherever answers leave the process. It cannot be read back, but a customer ID that can be guessed can be
// confirmed by it: treat it like the ID itself where strangers can read it.
func Namespace(id Identity, f Filters) string {
	f = f.Normalized()
	h := sha256.New()
	hashStrings(h, "tender/1", id.Origin, id.Principal, f.Plugin, string(f.Environment), string(f.Operation), f.CustomerID)
	h.Write([]byte{byte(f.Tokenizable), byte(f.AutoDebit)})
	for _, set := range [][]string{f.Currencies, f.PGNames, f.Tags, f.PaymentServices} {
		hashCount(h, len(set))
		hashStrings(h, set...)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashStrings writes each string behind its length, so that no two lists of strings write the same bytes.
func hashStrings(h hash.Hash, parts ...string) {
	for _, s := range parts {
		hashCount(h, len(s))
		h.Write([]byte(s))
	}
}

func hashCount(h hash.Hash, n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) //nolint:gosec // a length is never negative
	h.Write(b[:])
}
