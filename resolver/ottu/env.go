package ottu

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// FromEnv makes a Client of environment variables. With the prefix "OTTU" they are
//
//	OTTU_URL                       the base URL, as in New
//	OTTU_API_KEY                   the private API key
//	OTTU_USER and OTTU_PASSWORD    a user instead of the key
//
// Each can be given as a file, as container platforms do: OTTU_API_KEY_FILE names the file that holds the key, and line
// breaks at its end are cut off. An empty variable counts as absent. All mistakes are reported at once, each as a
// *[resolver.ConfigError] that names the variable and shows no value.
func FromEnv(prefix string, opts ...Option) (*Client, error) {
	if prefix == "" {
		return nil, configError("the prefix of the environment variables is empty", `pass one, such as "OTTU"`)
	}
	env := environment{prefix: prefix}
	baseURL := env.read("_URL")
	key, user, password := env.read("_API_KEY"), env.read("_USER"), env.read("_PASSWORD")
	var credential Credential
	switch {
	case key.set && (user.set || password.set):
		env.bad(key.name+" and a user are both set", "set one of the two")
	case key.set:
		if key.value != "" {
			credential = apiKey(key.name, key.value)
		}
	case user.set && password.set:
		if user.value != "" && password.value != "" {
			credential = basicAuth(user.name, user.value, password.name, password.value)
		}
	case user.set:
		env.bad(password.name+" is not set, and "+user.name+" is", "set both")
	case password.set:
		env.bad(user.name+" is not set, and "+password.name+" is", "set both")
	default:
		env.bad("there is no credential", "set "+key.name+", or "+user.name+" and "+password.name)
	}
	if !baseURL.set {
		env.bad(baseURL.name+" is not set", `it looks like "https://shop.ottu.net"`)
	}
	return build(baseURL.name, baseURL.value, credential, opts, env.mistakes)
}

type environment struct {
	prefix   string
	mistakes []error
}

// variable is what an environment variable says, itself or by its file. One that is set and empty is a mistake that was
// reported.
type variable struct {
	name, value string
	set         bool
}

func (e *environment) bad(problem, fix string) {
	e.mistakes = append(e.mistakes, configError(problem, fix))
}

func (e *environment) read(suffix string) variable {
	v := variable{name: e.prefix + suffix}
	v.value = os.Getenv(v.name)
	file := os.Getenv(v.name + "_FILE")
	v.set = v.value != "" || file != ""
	if v.value != "" && file != "" {
		e.bad(v.name+" and "+v.name+"_FILE are both set", "set one of the two")
		v.value = ""
		return v
	}
	if file == "" {
		return v
	}
	value, err := readFile(file)
	if err != nil {
		e.bad(fmt.Sprintf("the file of %s_FILE cannot be read: %v", v.name, err), "name a readable file with one line")
	}
	v.value = value
	return v
}

// readFile reads a small file. Its errors do not show the path: a secret may have been put where its file belongs.
func readFile(path string) (string, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return "", failed.Err
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	const most = 64 << 10
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return "", failed.Err
	}
	if len(b) > most {
		return "", errors.New("it is too long")
	}
	value := strings.TrimRight(string(b), "\r\n")
	if value == "" {
		return "", errors.New("it is empty")
	}
	return value, nil
}
