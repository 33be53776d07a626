package resolver

import (
	"errors"

	"github.com/go-playground/validator/v10"
)

// validate is built once: a validator caches what it learns of a struct, and is safe for concurrent use. It reads
// configurations and carts that were refused, never a cart that is a hit.
var validate = validator.New(validator.WithRequiredStructEnabled())

// profileFilters are the limits of the API on what a profile sends.
type profileFilters struct {
	Plugin    string `validate:"required,max=50"`
	Operation string `validate:"omitempty,oneof=purchase authorize"`
}

// invalidFields names the fields of a struct that break their rules, in the struct's order.
func invalidFields(v any) (names []string) {
	var errs validator.ValidationErrors
	if errors.As(validate.Struct(v), &errs) {
		for _, e := range errs {
			names = append(names, e.Field())
		}
	}
	return names
}
