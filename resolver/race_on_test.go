//go:build race

package resolver

// raceEnabled: the race detector makes memory several times as large, and everything slow.
const raceEnabled = true
