package web

// Customer is somebody who can sign in.
type Customer struct {
	// ID goes to Ottu as customer_id. Label is what the pages say. Country is ISO 3166-1 alpha-2, empty where not known.
	ID, Label, Country string
}

// Customers can sign in without a password, since this is an example: put your own sign-in in its place before a real
// customer comes, or anybody can be any of these. The simulated merchant knows them.
var Customers = []Customer{
	{"demo-returning", "Returning customer", "KW"},
	{"demo-wallet", "Customer with a wallet", "SA"},
	{"demo-new", "New customer", ""},
}

// FindCustomer returns the customer with the ID, and false where there is none.
func FindCustomer(id string) (Customer, bool) {
	for _, c := range Customers {
		if c.ID == id {
			return c, true
		}
	}
	return Customer{}, false
}
