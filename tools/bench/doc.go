// Package bench measures tender: a hit against the least that any middleware of its kind can cost and against well-kept
// cache libraries that do the same work, its behaviour under fire, its memory, and what it takes of Ottu's daily quota.
//
// Everything is in its tests. Without BENCH_OUT they only check, in seconds and at tiny sizes, that the contenders do
// the same work and that the scenarios run. With it TestReport measures and writes the file that it names, relative to
// the module's folder:
//
//	cd tools && GOGC=1000 BENCH_OUT=../BENCHMARKS.md go test -count=1 -run '^TestReport$' -timeout 30m -v ./bench
package bench
