package oauth

import (
	"net/http"
	"net/http/httptest"
	"net/url"
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
		"repeated":             {"", formType, "a=1&a=1", 400},
		"repeated and escaped": {"", formType, "a=1&%61=2", 400},
		"repeated and empty":   {"", formType, "a=&a=", 400},
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

// FuzzForm: nothing panics, and whatever is taken has each parameter once.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a=1&a=2", "a=1&%61=2", "resource=a&resource=b", "&&=&=", "a=%zz", "a;b", "=1&=2", "\xff=1&\xff=2"} {
		f.Add(formType, seed)
	}
	f.Add("application/x-www-form-urlencoded;charset=\"", "a=1")
	f.Add("text/plain", "a=1")
	f.Fuzz(func(t *testing.T, media, body string) {
		form, err := readForm(post("a=9&z=9", media, body))
		all, parseErr := url.ParseQuery(body)
		repeated := false
		for name, list := range all {
			repeated = repeated || len(list) > 1 && name != "resource"
		}
		if err == nil {
			if repeated || parseErr != nil || form.Has("z") && !all.Has("z") {
				t.Fatalf("%q of type %q is taken as %v", body, media, form)
			}
			return
		}
		e := FromError(err)
		if e.Code != "invalid_request" || e.Status != http.StatusBadRequest || printable(e.Description) != e.Description {
			t.Fatalf("%q of type %q is refused with %+v", body, media, e)
		}
		if media == formType && parseErr == nil && !repeated {
			t.Fatalf("%q is refused: %v", body, err)
		}
	})
}
