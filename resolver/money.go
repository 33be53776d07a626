package resolver

import (
	"strconv"
	"strings"
)

// exponents are the currencies whose smallest unit is not a hundredth, after ISO 4217. Ottu names three decimals for KWD,
// BHD, OMR, IQD, JOD and LYD, none for JPY and KRW, and two for all others; where ISO 4217 knows more exceptions, an
// amount that it calls well-formed is not refused here.
var exponents = map[string]int{
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// Decimals is how many decimals an amount in the currency has, after ISO 4217: 3 for KWD, 2 for USD, 0 for JPY.
func Decimals(currency string) int {
	if n, ok := exponents[currency]; ok {
		return n
	}
	return 2
}

// maxWholeDigits keeps an amount with four decimals within an int64.
const maxWholeDigits = 14

// MinorUnits reads a decimal amount as a count of the currency's smallest unit: "12.5" KWD is 12500. An amount is
// digits, then at most one point and one to [Decimals] further digits; no sign, no exponent, no separators, and at most
// 14 digits before the point. The error is a *[CartError].
func MinorUnits(amount, currency string) (int64, error) {
	decimals := Decimals(currency)
	whole, fraction, point := strings.Cut(amount, ".")
	if whole == "" || len(whole) > maxWholeDigits || point && fraction == "" || len(fraction) > decimals {
		return 0, badAmount(amount, currency, decimals)
	}
	var n int64
	for _, part := range [...]string{whole, fraction} {
		for i := range len(part) {
			digit := part[i] - '0'
			if digit > 9 {
				return 0, badAmount(amount, currency, decimals)
			}
			n = n*10 + int64(digit)
		}
	}
	for range decimals - len(fraction) {
		n *= 10
	}
	return n, nil
}

func badAmount(amount, currency string, decimals int) error {
	return &CartError{CartAmountMalformed, "amount " + strconv.Quote(clip(amount)) + " is not a plain decimal number with at most " +
		strconv.Itoa(decimals) + " decimals (" + clip(currency) + ") and " + strconv.Itoa(maxWholeDigits) + " digits before them"}
}

// isCurrency tells whether code is money that a shop can sell in: in ISO 4217, in capitals, and none of its codes for
// metals, units of account and tests, which the list that validator checks against lets through.
func isCurrency(code string) bool {
	if len(code) != 3 || validate.Var(code, "iso4217") != nil {
		return false
	}
	switch code {
	case "XAF", "XCD", "XCG", "XOF", "XPF":
		return true
	case "BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW":
		return false // funds codes: units of account
	}
	return code[0] != 'X'
}
