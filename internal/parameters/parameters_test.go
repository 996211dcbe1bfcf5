package parameters

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/tests/growth"
)

func get(query string) *http.Request {
	return &http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query}}
}

func post(query, media, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", media)
	return r
}

// TestAParameterWithoutAValueCountsAsOmitted (RFC 6749 §3.1, §3.2), in the query and in the form.
func TestAParameterWithoutAValueCountsAsOmitted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "",
		"a=":                            "",
		"a":                             "",
		"=":                             "",
		"&&a=1&&":                       "a=1",
		"client_id=&token=x":            "token=x",
		"resource=&resource=":           "",
		"resource=&resource=r":          "resource=r",
		"resource=r&resource=&a=b":      "a=b&resource=r",
		"a=+":                           "a=+", // a blank is a value
		"request=&request_uri=&state=s": "state=s",
	} {
		query, err := Query(get(text))
		form, formErr := Form(post("", FormType, text))
		if err != nil || formErr != nil || query.Encode() != want || form.Encode() != want {
			t.Errorf("%q: %q, %v and %q, %v, want %q", text, query.Encode(), err, form.Encode(), formErr, want)
		}
	}
}

// TestARepeatedParameterIsRefusedWhateverItsValues: two readers of a request could disagree on which of them counts. The
// same request always names the same parameter.
func TestARepeatedParameterIsRefusedWhateverItsValues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a=1&b=2": "", "resource=a&resource=b": "", "a=1&a=1": "a", "a=1&%61=2": "a", "a=&a=": "a", "a=&a=1": "a", "a=1&a": "a",
		"z=1&z=2&b=1&b=2&m=1&m=2": "b", "=1&=2": "without a name",
		strings.Repeat("n", 500) + "=1&" + strings.Repeat("n", 500) + "=2": strings.Repeat("n", 64),
	} {
		values, err := Query(get(text))
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if got := Repeated(values); got != want {
				t.Errorf("%.40q: %q, want %q", text, got, want)
			}
		}
	}
}

// TestWhatCannotBeReadIsRefused: nothing is dropped silently, neither in the query nor in the form.
func TestWhatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"a=%zz", "a=1;b=2", "a=1&b=%", "%zz=1&a=1", "a=%ff", "%ff=1", "a=%00", "a=1&b=x%00y", ";", "a=1&b=%2",
	} {
		if values, err := Query(get(text)); err == nil {
			t.Errorf("the query %q is read as %v", text, values)
		}
		if values, err := Form(post("", FormType, text)); err == nil {
			t.Errorf("the form %q is read as %v", text, values)
		}
		if values, err := Form(post(text, FormType, "a=1")); err == nil {
			t.Errorf("the form beside the query %q is read as %v", text, values)
		}
		r := post(text, FormType, "a=1")
		if _, err := url.ParseQuery(text); err != nil && Read(r) == nil {
			t.Errorf("both are read as %v", r.Form)
		}
	}
	for _, media := range []string{"", "application/json", "multipart/form-data; boundary=x", "text/plain", FormType + ";charset=\""} {
		if values, err := Form(post("", media, "a=1")); err == nil {
			t.Errorf("a body of type %q is read as %v", media, values)
		}
	}
}

// TestTheBoundsOfParameters: each is accepted at its value and refused above it.
func TestTheBoundsOfParameters(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return "a=" + strings.Repeat("x", n-2) }
	pairs := func(n int) string { return strings.TrimSuffix(strings.Repeat("resource=r&", n), "&") }
	status := func(err error) int {
		var e *Error
		if !errors.As(err, &e) {
			return 0
		}
		return e.Status
	}
	_, queryErr := Query(get(long(MaxQuery)))
	_, formErr := Form(post("", FormType, long(MaxForm)))
	_, pairsErr := Query(get(pairs(MaxPairs)))
	if err := errors.Join(queryErr, formErr, pairsErr); err != nil {
		t.Errorf("at the bounds: %v", err)
	}
	_, queryErr = Query(get(long(MaxQuery + 1)))
	_, formErr = Form(post("", FormType, long(MaxForm+1)))
	_, pairsErr = Form(post("", FormType, pairs(MaxPairs+1)))
	if status(queryErr) != http.StatusRequestURITooLong || status(formErr) != http.StatusRequestEntityTooLarge ||
		status(pairsErr) != http.StatusBadRequest {
		t.Errorf("above the bounds: %v, %v, %v", queryErr, formErr, pairsErr)
	}
}

func TestReadHasBothAndTheFormApart(t *testing.T) {
	t.Parallel()
	r := post("a=1&b=2&e=", FormType, "a=3&c=4&d=")
	if err := Read(r); err != nil {
		t.Fatal(err)
	}
	if got := r.Form.Encode(); got != "a=3&a=1&b=2&c=4" || r.PostForm.Encode() != "a=3&c=4" {
		t.Errorf("both %q, the form %q", got, r.PostForm.Encode())
	}
	r = post("a=1", "application/json", "{}")
	if err := Read(r); err != nil || r.Form.Encode() != "a=1" || len(r.PostForm) != 0 {
		t.Errorf("beside another body: %q, %v, %v", r.Form.Encode(), r.PostForm, err)
	}
}

// TestTheCostOfParametersGrowsWithTheirSize counts what is allocated for a form and for one of twice its size.
func TestTheCostOfParametersGrowsWithTheirSize(t *testing.T) {
	cost := func(n int) float64 {
		text := strings.TrimSuffix(strings.Repeat("resource="+strings.Repeat("%41", 200)+"&", n), "&")
		return testing.AllocsPerRun(20, func() {
			if _, err := parse("query", text); err != nil {
				t.Fatal(err)
			}
		})
	}
	half, full := cost(MaxPairs/2), cost(MaxPairs)
	if full > 2.5*half+10 || full > 10*MaxPairs {
		t.Errorf("%d parameters cost %.0f allocations, %d cost %.0f", MaxPairs/2, half, MaxPairs, full)
	}
}

// FuzzForm: nothing panics; whatever is taken has no empty value but of what is repeated, and means the same as what the
// library reads.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a=1&a=2", "a=1&%61=2", "resource=a&resource=", "&&=&=", "a=%zz", "a;b", "=1&=2", "\xff=1", "a=%00", "\x80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		growth.Linear(t, growth.Repeated(text, "&"), func(text string) { _, _ = Form(post("", FormType, text)) })
		form, err := Form(post("", FormType, text))
		all, parseErr := url.ParseQuery(text)
		if err != nil {
			if parseErr == nil && strings.Count(text, "&") < MaxPairs && len(text) <= MaxForm && soundValues(all) {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		if parseErr != nil || !soundValues(all) {
			t.Fatalf("%q is taken as %v", text, form)
		}
		for name, list := range all {
			kept := slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == "" })
			if len(list) > 1 && name != Resource {
				kept = list
			}
			if !slices.Equal(form[name], kept) {
				t.Fatalf("%q of %q is %q, want %q", name, text, form[name], kept)
			}
		}
	})
}

// soundValues looks at what has a value: the rest counts as omitted, whatever its name.
func soundValues(values url.Values) bool {
	values = maps.Clone(values)
	omitEmpty(values)
	for name := range values {
		if !sound(name) || !allSound(values[name]) {
			return false
		}
	}
	return true
}

func TestATypeIsAcceptedByItsName(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"text/event-stream": true, "text/event-stream; charset=UTF-8": true, "application/json, text/event-stream;q=0.1": true,
		"": false, "*/*": false, "text/*": false, "text/event-stream;q=0": false, "text/event-stream;q=2": false, "text/event-stream;charset=latin1": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		if got := Accepts(r, "text/event-stream"); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}
