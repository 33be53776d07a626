package till

import (
	"fmt"

	"github.com/tendergo/tender/resolver"
)

// Decimal writes a count of the currency's smallest unit, which is not negative, as Ottu takes an amount: 12500 KWD is
// "12.500".
func Decimal(units int64, currency string) string {
	decimals := resolver.Decimals(currency)
	digits := fmt.Sprintf("%0*d", decimals+1, units)
	if decimals == 0 {
		return digits
	}
	point := len(digits) - decimals
	return digits[:point] + "." + digits[point:]
}
