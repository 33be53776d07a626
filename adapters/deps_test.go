// Package adapters_test holds what concerns all rooms of the house: who may import whom.
package adapters_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tendergo/tender"

type pkg struct {
	ImportPath    string
	Imports, Deps []string
}

// list is what `go list` says of the packages that a user can import.
func list(t *testing.T) map[string]pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(p.ImportPath, module+"/")] = p
	}
}

func TestImportsRunOneWay(t *testing.T) {
	all := list(t)
	for room, may := range map[string][]string{
		"resolver":             {},
		"resolver/ottu":        {"resolver"},
		"middleware":           {"resolver"},
		"adapters/httpadapter": {"middleware", "resolver"},
		"adapters/ginadapter":  {"middleware", "resolver"},
	} {
		p, ok := all[room]
		if !ok {
			t.Errorf("there is no %s", room)
		}
		for _, path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, module+"/"); ok && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, and may import %v of ours", room, ours, may)
			}
		}
	}
}

func TestAUserLinksOnlyWhatTheyImport(t *testing.T) {
	all := list(t)
	for room, never := range map[string][]string{
		"resolver":             {"net/http", module + "/resolver/ottu", "github.com/gin-gonic/gin", "testing"},
		"resolver/ottu":        {"github.com/gin-gonic/gin", "testing"},
		"middleware":           {module + "/resolver/ottu", "github.com/gin-gonic/gin", "testing"},
		"adapters/httpadapter": {module + "/resolver/ottu", "github.com/gin-gonic/gin", "testing"},
		"adapters/ginadapter":  {module + "/resolver/ottu", "testing"},
	} {
		deps := all[room].Deps
		if len(deps) == 0 {
			t.Errorf("%s has no dependencies, so it was not looked at", room)
		}
		for _, path := range never {
			if slices.Contains(deps, path) {
				t.Errorf("who imports %s links %s", room, path)
			}
		}
	}
	if !slices.Contains(all["adapters/ginadapter"].Deps, "github.com/gin-gonic/gin") {
		t.Error("the Gin adapter does not link Gin: this test looks for the wrong path")
	}
}
