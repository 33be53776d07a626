package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The programs of the README are compiled as they stand there.
func TestTheProgramsOfTheReadmeCompile(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	programs := 0
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		if !strings.HasPrefix(block[1], "package main") {
			continue
		}
		programs++
		dir, err := os.MkdirTemp(".", "readme_") // within the module, so that it is built against this tender
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "go", "vet", "./"+dir).CombinedOutput(); err != nil {
			t.Errorf("program %d of the README: %v\n%s", programs, err, out)
		}
	}
	if programs != 2 {
		t.Errorf("the README has %d programs, want 2", programs)
	}
}
