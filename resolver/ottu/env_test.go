package ottu_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tendergo/tender/resolver"
	"github.com/tendergo/tender/resolver/ottu"
)

func TestFromEnvReadsVariablesAndFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := ottu.New("https://shop.ottu.test", ottu.APIKey(secret))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"key":      {map[string]string{"T_API_KEY": secret}, key.Identity().Principal},
		"key file": {map[string]string{"T_API_KEY_FILE": file("key", secret+"\r\n")}, key.Identity().Principal},
		"user":     {map[string]string{"T_USER": "admin", "T_PASSWORD": secret}, "user:admin"},
		"user file": {map[string]string{"T_USER_FILE": file("u", "admin\n"), "T_PASSWORD_FILE": file("p", " x ")},
			"user:admin"},
		"empty": {map[string]string{"T_API_KEY": secret, "T_USER": "", "T_API_KEY_FILE": ""}, key.Identity().Principal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("T_URL_FILE", file("url", "https://shop.ottu.test/\n"))
			for k, v := range test.env {
				t.Setenv(k, v)
			}
			client, err := ottu.FromEnv("T")
			if err != nil {
				t.Fatal(err)
			}
			if got := client.Identity(); got.Origin != "https://shop.ottu.test" || got.Principal != test.want {
				t.Errorf("got %v, want %q", got, test.want)
			}
		})
	}
}

func TestFromEnvReportsAllMistakesByTheNamesOfTheVariables(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		env  map[string]string
		want []string // one for each mistake
	}{
		"nothing": {nil, []string{"T_URL is not set", "set T_API_KEY, or T_USER and T_PASSWORD"}},
		"both forms": {map[string]string{"T_URL": "https://a.test", "T_API_KEY": secret, "T_API_KEY_FILE": "f"},
			[]string{"T_API_KEY and T_API_KEY_FILE are both set"}},
		"key and user": {map[string]string{"T_URL": "https://a.test", "T_API_KEY": secret, "T_USER": "admin"},
			[]string{"T_API_KEY and a user are both set"}},
		"user alone": {map[string]string{"T_URL": "https://a.test", "T_USER": "admin"},
			[]string{"T_PASSWORD is not set"}},
		"password alone": {map[string]string{"T_URL": "https://a.test", "T_PASSWORD": secret},
			[]string{"T_USER is not set"}},
		"secret for a file, and a bad URL": {map[string]string{"T_URL": "http://a.test", "T_API_KEY_FILE": secret},
			[]string{"T_API_KEY_FILE cannot be read", "T_URL sends the credential over plain http"}},
		"empty file, folder": {map[string]string{"T_URL_FILE": os.TempDir(), "T_API_KEY_FILE": empty},
			[]string{"T_API_KEY_FILE cannot be read: it is empty", "T_URL_FILE cannot be read"}},
		"endless file": {map[string]string{"T_URL": "https://a.test", "T_API_KEY_FILE": "/dev/zero"},
			[]string{"T_API_KEY_FILE cannot be read: it is too long"}},
		"key with a space": {map[string]string{"T_URL": "https://a.test", "T_API_KEY": "x " + secret},
			[]string{"T_API_KEY is empty or has"}},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range test.env {
				t.Setenv(k, v)
			}
			_, err := ottu.FromEnv("T")
			joined, ok := err.(interface{ Unwrap() []error })
			if !ok || !errors.Is(err, resolver.ErrInvalidConfig) || len(joined.Unwrap()) != len(test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v does not say %q", err, want)
				}
			}
			leaks(t, "the error", everyVerb(err), secret)
		})
	}
	if _, err := ottu.FromEnv(""); !errors.Is(err, resolver.ErrInvalidConfig) {
		t.Errorf("without a prefix: %v", err)
	}
}
