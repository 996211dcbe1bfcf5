package oauth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const formType = "application/x-www-form-urlencoded"

func post(query, media, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, TokenPath, strings.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", media)
	return r
}

func TestReadForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query, media, body string
		status             int // of the refusal; 0: taken
	}{
		"a form":               {"", formType, "a=1&b=2", 0},
		"a form with charset":  {"", formType + "; charset=UTF-8", "a=1", 0},
		"nothing":              {"", formType, "", 0},
		"several resources":    {"", formType, "resource=a&resource=b", 0},
		"repeated in the URL":  {"a=2", formType, "a=1", 0},
		"without a value":      {"", formType, "a=1&client_id=&resource=", 0},
		"a broken URL":         {"a=%zz", formType, "a=1", 400},
		"repeated":             {"", formType, "a=1&a=1", 400},
		"repeated and escaped": {"", formType, "a=1&%61=2", 400},
		"repeated and empty":   {"", formType, "a=&a=", 400},
		"one of two is empty":  {"", formType, "a=&a=1", 400},
		"JSON":                 {"", "application/json", `{"a":1}`, 400},
		"no type":              {"", "", "a=1", 400},
		"multipart":            {"", "multipart/form-data; boundary=x", "--x--", 400},
		"a bad escape":         {"", formType, "a=%zz", 400},
		"a semicolon":          {"", formType, "a=1;b=2", 400},
	} {
		form, err := readForm(post(test.query, test.media, test.body))
		if test.status == 0 {
			if err != nil || test.query != "" && form.Get("a") != "1" {
				t.Errorf("%s: %v, %v", name, form, err)
			}
			continue
		}
		if e := FromError(err); err == nil || e.Code != "invalid_request" || e.Status != test.status {
			t.Errorf("%s: %v, %v", name, form, err)
		}
	}
}

func TestReadFormIsBounded(t *testing.T) {
	t.Parallel()
	r := post("", formType, "a="+strings.Repeat("x", 1000))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 100)
	if _, err := readForm(r); err == nil || FromError(err).Status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %v", err)
	}
	_, err := readForm(post("", formType, strings.Repeat("n", 5000)+"=1&"+strings.Repeat("n", 5000)+"=2"))
	if err == nil || len(FromError(err).Description) > 200 {
		t.Errorf("a long name makes an error of %d bytes", len(err.Error()))
	}
}
