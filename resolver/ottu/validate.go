package ottu

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"
)

// validate is built once: a validator caches what it learns of a struct, and is safe for concurrent use. It names
// fields as Ottu does.
var validate = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(wireName)
	return v
}()

// wireName is the name of a field in JSON.
func wireName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// complaints say what is wrong with each field of a request, in words that quote no personal data.
type complaints map[string][]string

func (c complaints) add(field, problem string) { c[field] = append(c[field], problem) }

// invalid checks a struct by its tags.
func invalid(request any) complaints {
	c := complaints{}
	var broken validator.ValidationErrors
	if errors.As(validate.Struct(request), &broken) {
		for _, rule := range broken {
			_, path, _ := strings.Cut(rule.Namespace(), ".")
			c.add(path, ruleText(rule))
		}
	}
	return c
}

func ruleText(rule validator.FieldError) string {
	switch {
	case rule.Tag() == "required":
		return "is missing"
	case rule.Tag() == "max" && rule.Kind() == reflect.String:
		return "is longer than " + rule.Param() + " characters"
	case rule.Tag() == "max":
		return "is more than " + rule.Param()
	case rule.Tag() == "min":
		return "is less than " + rule.Param()
	case rule.Tag() == "oneof":
		return "is none of: " + rule.Param()
	case rule.Tag() == "http_url":
		return "is not an absolute URL"
	default:
		return "is not " + rule.Tag()
	}
}

// err is nil where there are no complaints, and otherwise an *Error with all of them.
func (c complaints) err(call string) error {
	if len(c) == 0 {
		return nil
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(c)) {
		all = append(all, field+" "+strings.Join(c[field], ", "))
	}
	return &Error{call: call, Fields: c, problem: "not sent: " + strings.Join(all, "; ")}
}
