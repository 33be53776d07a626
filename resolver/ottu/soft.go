package ottu

import "encoding/json"

// soft reads a value that is nice to have: one of another type is as good as none.
type soft[T any] struct{ v T }

func (s *soft[T]) UnmarshalJSON(b []byte) error {
	var v T
	if json.Unmarshal(b, &v) == nil {
		s.v = v
	}
	return nil
}

// softStrings reads those items of a list that are strings, and not empty.
type softStrings = soft[[]soft[string]]

func stringsOf(list softStrings) []string {
	var out []string
	for _, item := range list.v {
		if item.v != "" {
			out = append(out, item.v)
		}
	}
	return out
}

// coded reads what is written either as its code or as an object that has one.
type coded struct{ Code, Name, NameAr string }

func (c *coded) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &c.Code) == nil {
		return nil
	}
	var object struct {
		Code   string       `json:"code"`
		Name   soft[string] `json:"name"`
		NameAr soft[string] `json:"name_ar"`
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	*c = coded{object.Code, object.Name.v, object.NameAr.v}
	return nil
}

// wellFormed tells whether s can be a pg_code: Ottu's OpenAPI file allows 50 letters, digits, hyphens and underscores.
func wellFormed(s string) bool {
	if s == "" || len(s) > 50 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
