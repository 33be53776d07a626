package ottutest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
)

// input reads the fields of a request and collects what is wrong with them, field by field.
type input struct {
	fields map[string]any
	errs   map[string]any
}

func newInput(fields map[string]any) *input { return &input{fields, map[string]any{}} }

func (in *input) fail(name, message string) {
	if in.errs[name] == nil {
		in.errs[name] = []string{message}
	}
}

func (in *input) has(name string) bool { return in.fields[name] != nil }

// require fails for each field that is not there.
func (in *input) require(names ...string) {
	for _, name := range names {
		if _, ok := in.fields[name]; !ok {
			in.fail(name, "This field is required.")
		}
	}
}

// value returns one field, the last one of a repeated form field. A null counts as a mistake.
func (in *input) value(name string) (any, bool) {
	v, ok := in.fields[name]
	if form, repeated := v.(formValues); repeated {
		return form[len(form)-1], true
	}
	if ok && v == nil {
		in.fail(name, "This field may not be null.")
	}
	return v, ok && v != nil
}

// text reads a string of at most maxLength characters. Numbers count as strings, white space around is cut off.
func (in *input) text(name string, maxLength int) string {
	v, ok := in.value(name)
	if !ok {
		return ""
	}
	s, message := textOf(v)
	switch {
	case message != "":
		in.fail(name, message)
	case utf8.RuneCountInString(s) > maxLength:
		in.fail(name, fmt.Sprintf("Ensure this field has no more than %d characters.", maxLength))
	}
	return s
}

func textOf(v any) (text, message string) {
	switch v := v.(type) {
	case string:
		text = strings.TrimSpace(v)
	case json.Number:
		text = v.String()
	default:
		return "", "Not a valid string."
	}
	switch {
	case text == "":
		return "", "This field may not be blank."
	case strings.ContainsRune(text, 0):
		return "", "Null characters are not allowed."
	}
	return text, ""
}

// choice reads a string that is one of the options.
func (in *input) choice(name string, options ...string) string {
	v, ok := in.value(name)
	if !ok {
		return ""
	}
	s, _ := v.(string)
	if !slices.Contains(options, s) {
		in.fail(name, notAChoice(v))
	}
	return s
}

func notAChoice(v any) string { return fmt.Sprintf("%q is not a valid choice.", fmt.Sprint(v)) }

// flag reads a boolean, in any of the spellings that the API's framework takes. Nil means absent.
func (in *input) flag(name string) *bool {
	v, ok := in.value(name)
	if !ok {
		return nil
	}
	var b bool
	switch s := strings.ToLower(fmt.Sprint(v)); s {
	case "t", "y", "yes", "true", "on", "1":
		b = true
	case "f", "n", "no", "false", "off", "0":
	default:
		in.fail(name, "Must be a valid boolean.")
	}
	return &b
}

// list reads strings, each of which check may refuse with a message. The messages come back under the items' indexes.
func (in *input) list(name string, check func(string) string) []string {
	var items []any
	switch v := in.fields[name].(type) {
	case nil:
		in.value(name) // a null is a mistake
		return nil
	case formValues:
		for _, s := range v {
			items = append(items, s)
		}
	case []any:
		items = v
	default:
		in.fail(name, fmt.Sprintf("Expected a list of items but got type %q.", kindOf(v)))
		return nil
	}
	var list []string
	errs := map[string]any{}
	for i, item := range items {
		s, message := textOf(item)
		if message == "" {
			message = check(s)
		}
		if message != "" {
			errs[strconv.Itoa(i)] = []string{message}
		}
		list = append(list, s)
	}
	if len(errs) > 0 && in.errs[name] == nil {
		in.errs[name] = errs
	}
	return list
}

// object reads a nested object; its own mistakes come back nested too.
func (in *input) object(name string) (*input, bool) {
	v, ok := in.value(name)
	if !ok {
		return nil, false
	}
	fields, ok := v.(map[string]any)
	if !ok {
		in.fail(name, fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", kindOf(v)))
		return nil, false
	}
	return newInput(fields), true
}

// adopt takes over the mistakes of a nested object.
func (in *input) adopt(name string, nested *input) {
	if len(nested.errs) > 0 {
		in.errs[name] = nested.errs
	}
}

var validate = validator.New()

func checkCurrency(code string) string {
	if validate.Var(code, "iso4217") != nil {
		return notAChoice(code)
	}
	return ""
}

func oneOf(options ...string) func(string) string {
	return func(s string) string {
		if !slices.Contains(options, s) {
			return notAChoice(s)
		}
		return ""
	}
}

func anything(string) string { return "" }
