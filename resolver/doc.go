// Package resolver is the domain and the engine of tender.
package resolver
