package ottutest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxBody is more than any request of the API needs.
const maxBody = 1 << 20

// formValues are the values of one form field, which may be repeated.
type formValues []string

// decode reads a request body in one of the three media types that the API takes. Values are those of encoding/json,
// numbers as [json.Number], or formValues.
func decode(contentType string, raw []byte) (map[string]any, *reply) {
	media, params, _ := mime.ParseMediaType(contentType)
	switch {
	case len(raw) == 0:
		return map[string]any{}, nil
	case media == "application/json":
		return decodeJSON(raw)
	case media == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		return fromForm(form), parseError(err)
	case media == "multipart/form-data":
		form, err := multipart.NewReader(bytes.NewReader(raw), params["boundary"]).ReadForm(maxBody)
		if err != nil {
			return nil, parseError(err)
		}
		return fromForm(form.Value), nil
	}
	r := detail(http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type %q in request.", contentType))
	return nil, &r
}

func decodeJSON(raw []byte) (map[string]any, *reply) {
	if !utf8.Valid(raw) {
		return nil, parseError(fmt.Errorf("JSON parse error - the body is not UTF-8"))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var body any
	if err := d.Decode(&body); err != nil {
		return nil, parseError(fmt.Errorf("JSON parse error - %w", err))
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, parseError(fmt.Errorf("JSON parse error - there is more after the value"))
	}
	fields, ok := body.(map[string]any)
	if !ok {
		r := fieldErrors(map[string]any{"non_field_errors": []string{
			fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", kindOf(body))}})
		return nil, &r
	}
	return fields, nil
}

func parseError(err error) *reply {
	if err == nil {
		return nil
	}
	r := detail(http.StatusBadRequest, err.Error())
	return &r
}

func fromForm(form map[string][]string) map[string]any {
	fields := map[string]any{}
	for name, values := range form {
		fields[name] = formValues(values)
	}
	return fields
}

// kindOf names the type of a JSON value as the API's framework does, which is written in Python.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "float"
		}
		return "int"
	case []any:
		return "list"
	}
	return "dict"
}
