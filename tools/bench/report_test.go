package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// TestReport measures everything and writes the file that BENCH_OUT names. A must that is missed is marked in the file
// and fails nothing: on a busy machine it may be the machine.
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
	r.rules()
	// Latencies are those of a shop with Go's default: in a heap that may grow tenfold, p99.9 would be that of page faults
	// in memory never touched before.
	given := debug.SetGCPercent(100)
	r.cold()
	r.overtakes()
	r.renewals()
	r.outages()
	debug.SetGCPercent(given)
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

// promise is one thing that tender must do.
type promise struct {
	holds bool
	what  string
}

// musts writes the promises of a row, which the list at the file's head finds under where. A row without where belongs
// to another contender, who promised nothing.
func (r *report) musts(where string, promises ...promise) string {
	if where == "" {
		return ""
	}
	var cells []string
	for _, p := range promises {
		mark := "✓ "
		if p.holds {
			r.held++
		} else {
			mark = "✗ "
			r.missed = append(r.missed, where+": "+p.what)
		}
		cells = append(cells, mark+p.what)
	}
	return strings.Join(cells, "<br>")
}

// ours is where in the rows of tender, and empty in those of others.
func ours(m maker, where string) string {
	if m.name != makers[0].name {
		return ""
	}
	return where
}

func (r *report) head() string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nWritten by `make bench`, which runs\n\n    cd tools && GOGC=1000 " +
		"BENCH_OUT=../BENCHMARKS.md go test -count=1 -run '^TestReport$' -timeout 30m -v ./bench\n\n")
	fmt.Fprintf(&b, "on %s, %d processors, %s %s/%s, GOGC=%s (100 under fire), %s, in %s.\n\n",
		processor(), runtime.GOMAXPROCS(0), runtime.Version(), runtime.GOOS, runtime.GOARCH, os.Getenv("GOGC"),
		r.began.UTC().Format(time.DateOnly), time.Since(r.began).Round(time.Second))
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
