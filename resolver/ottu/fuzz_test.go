package ottu

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// seed adds every body of testdata and some that are nasty.
func seed(f *testing.F) {
	files, err := filepath.Glob("../../testdata/ottu/*_*")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{
		"null", "0", `""`, "[]", "{}", "\x00", "\xef\xbb\xbf{}", `{"payment_methods":[{"code":"a","code":"b"}]}`,
		`{"payment_methods":[{"code":"a\u0000"}],"PG_CODES":["\ud800"]}`, `{"payment_methods":[[[[[]]]]]}`,
		`{"pg_codes":[{"code":{"code":"a"}}]}`, `{"error":{"code":1,"message":[]}}`, `{"a":{"b":{"c":{"d":["e"]}}}}`,
		`{"detail":["x"],"error":"y"}`, strings.Repeat(`{"a":`, 20) + `"b"` + strings.Repeat("}", 20),
	} {
		f.Add([]byte(body))
	}
}

func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		catalog, err := decodeCatalog(body)
		again, errAgain := decodeCatalog(body)
		if !reflect.DeepEqual(catalog, again) || (err == nil) != (errAgain == nil) {
			t.Fatalf("the same body gave %v (%v), then %v (%v)", catalog, err, again, errAgain)
		}
		if err != nil {
			if len(catalog.Methods) > 0 || jsonProblem(err) == "" {
				t.Fatalf("an error with %d methods, or without a text", len(catalog.Methods))
			}
			return
		}
		lower := strings.ToLower(string(body))
		if !strings.Contains(lower, "ethods") && !strings.Contains(lower, "odes") && !strings.Contains(lower, `\u`) {
			t.Fatal("no list, and no error")
		}
		if len(catalog.Methods) == 0 && len(catalog.Dropped) > 0 {
			t.Fatal("an empty answer of entries that make no sense")
		}
		seen := map[string]bool{}
		for _, m := range catalog.Methods {
			if !wellFormed(m.Code) || seen[m.Code] {
				t.Fatalf("code %q is ill-formed, or there twice", m.Code)
			}
			if seen[m.Code] = true; !m.Equal(m) {
				t.Fatal("a method does not equal itself")
			}
		}
		for _, code := range catalog.Past {
			if !wellFormed(code) {
				t.Fatalf("past code %q", code)
			}
		}
		for _, dropped := range catalog.Dropped {
			if len(dropped.Error()) > 250 {
				t.Fatalf("too much is said of a dropped entry: %v", dropped)
			}
		}
	})
}

func FuzzDecodeError(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		e := &Error{Status: 400, call: "fuzz"}
		e.readError(body)
		again := &Error{Status: 400, call: "fuzz"}
		again.readError(body)
		if !reflect.DeepEqual(e, again) {
			t.Fatalf("%v, then %v", e.Fields, again.Fields)
		}
		text := e.Error()
		if len(text) > 900 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("the text of the error holds what is not ours: %q", text)
		}
		e.Unwrap()
		for name, complaints := range e.Fields {
			if len(complaints) == 0 {
				t.Fatalf("field %q has no complaint", name)
			}
		}
	})
}

func FuzzDecodeCards(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		cards, err := decodeCards(body, "cust_77f0")
		if err != nil && len(cards) > 0 {
			t.Fatalf("got %v and %v", cards, err)
		}
		for _, c := range cards {
			if c.Token == (CardToken{}) || !wellFormed(c.PGCode) || c.ExpiryMonth > 12 ||
				(c.ExpiryMonth == 0) != (c.ExpiryYear == 0) {
				t.Fatalf("got %v with %d/%d", c, c.ExpiryMonth, c.ExpiryYear)
			}
		}
	})
}

func FuzzDecodeSession(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := decodeSession(body)
		if (s == nil) == (err == nil) || s != nil && s.ID == "" {
			t.Fatalf("got %v and %v", s, err)
		}
	})
}
