package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestReport measures everything and writes the file that BENCH_OUT names. A must that is missed is marked in the file and
// fails nothing: on a busy machine it may be the machine.
func TestReport(t *testing.T) {
	out := os.Getenv("BENCH_OUT")
	if out == "" {
		t.Skip("BENCH_OUT names no file to write the report to (make bench does)")
	}
	if !filepath.IsAbs(out) {
		out = filepath.Join("..", out) // a test runs in its package's folder
	}
	r := &report{t: t, began: time.Now()}
	r.hits()
	r.cold()
	r.overtakes()
	r.renewals()
	r.outages()
	r.memory()
	r.quota()
	if err := os.WriteFile(out, []byte(r.head()+r.body.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d musts held, %d missed, in %s", out, r.held, len(r.missed), time.Since(r.began).Round(time.Second))
}

// report is the file as it grows.
type report struct {
	t      *testing.T
	began  time.Time
	body   strings.Builder
	held   int
	missed []string
}

func (r *report) say(format string, args ...any) { fmt.Fprintf(&r.body, format+"\n\n", args...) }

func (r *report) title(level int, title string) {
	r.say("%s %s", strings.Repeat("#", level), title)
	r.t.Logf("%s after %s", title, time.Since(r.began).Round(time.Second))
}

// table writes columns, which | separates, and rows of cells.
func (r *report) table(columns string, rows [][]any) {
	n := strings.Count(columns, "|") + 1
	fmt.Fprintf(&r.body, "| %s |\n|%s\n", columns, strings.Repeat("---|", n))
	for _, row := range rows {
		for _, cell := range row {
			fmt.Fprintf(&r.body, "| %v ", cell)
		}
		r.body.WriteString("|\n")
	}
	r.body.WriteString("\n")
}

// must marks a promise of tender as held or missed.
func (r *report) must(holds bool, what string) string {
	if holds {
		r.held++
		return "✓ " + what
	}
	r.missed = append(r.missed, what)
	return "✗ " + what
}

// only is must in tender's row, and empty in those of others, who promised nothing.
func (r *report) only(name string, holds bool, what string) string {
	if !strings.HasPrefix(name, makers[0].name) {
		return ""
	}
	return r.must(holds, what)
}

func (r *report) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `make bench`, which runs\n\n    %s\n\n",
		"cd tools && GOGC=1000 BENCH_OUT=../BENCHMARKS.md go test -count=1 -run '^TestReport$' -timeout 30m -v ./bench")
	fmt.Fprintf(&b, "on %s, %d processors, %s %s/%s, GOGC=%s, %s, in %s.\n\n", processor(), runtime.GOMAXPROCS(0),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, os.Getenv("GOGC"), r.began.UTC().Format(time.DateOnly),
		time.Since(r.began).Round(time.Second))
	fmt.Fprintf(&b, "Of what tender must do (the columns \"must\"), %d held", r.held)
	if len(r.missed) == 0 {
		b.WriteString(" and none was missed.\n\n")
	} else {
		fmt.Fprintf(&b, " and %d were missed:\n\n- %s\n\n", len(r.missed), strings.Join(r.missed, "\n- "))
	}
	return b.String()
}

// processor is the machine's, as Linux tells it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "an unnamed processor"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unnamed processor"
}


// short is a duration with three digits.
func short(d time.Duration) string {
	for unit := time.Duration(1); unit < time.Hour; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit).String()
		}
	}
	return d.Round(time.Second).String()
}
