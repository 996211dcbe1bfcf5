package bearer

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

func TestTheTokenOfTheHeader(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer abc": "abc", "BEARER a.b-c_d": "a.b-c_d", "": "", "Bearer": "", "Bearer ": "", "Bearer  abc": "abc",
		"Bearer   abc": "abc", "Bearer   ": "", "Bearer\tabc": "", "Bearer \tabc": "", " Bearer abc": "", "Bearer abc ": "",
		"Basic abc": "", "abc": "", "Bearer a b": "", "Bearer a,b": "", "Bearer a\t": "", "Bearerabc": "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		got, err := FromHeader(r)
		if want == "" && !errors.Is(err, ErrMalformed) || want != "" && (err != nil || got.Scheme != identity.SchemeBearer) || got.Token != want {
			t.Errorf("%q: %+v, %v", header, got, err)
		}
	}
}

func TestOneTokenInOnePlace(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		method, media, body string
		headers             []string
		token               string
		err                 error
	}{
		"nothing":                    {http.MethodGet, "", "", nil, "", ErrMissing},
		"a header":                   {http.MethodGet, "", "", []string{"Bearer a"}, "a", nil},
		"two headers":                {http.MethodGet, "", "", []string{"Bearer a", "Bearer a"}, "", ErrRepeated},
		"another scheme":             {http.MethodPost, form, "", []string{"Basic a"}, "", ErrMalformed},
		"a form":                     {http.MethodPost, form + "; charset=utf-8", "access_token=a", nil, "a", nil},
		"a form and a header":        {http.MethodPost, form, "access_token=a", []string{"Bearer a"}, "", ErrRepeated},
		"a form and another scheme":  {http.MethodPost, form, "access_token=a", []string{"Basic a"}, "", ErrRepeated},
		"a form and two headers":     {http.MethodPost, form, "access_token=a", []string{"Bearer a", "x"}, "", ErrRepeated},
		"two in the form":            {http.MethodPost, form, "access_token=a&access_token=a", nil, "", ErrRepeated},
		"an empty one in the form":   {http.MethodPost, form, "access_token=", nil, "", ErrMissing},
		"a header beside a form":     {http.MethodPost, form, "x=y", []string{"Bearer a"}, "a", nil},
		"a broken form":              {http.MethodPost, form, "%zz", nil, "", ErrForm},
		"the form of another method": {http.MethodPut, form, "access_token=a", nil, "", ErrMissing},
		"another media type":         {http.MethodPost, "text/plain", "access_token=a", nil, "", ErrMissing},
		"the query":                  {http.MethodGet, "", "?", nil, "", ErrMissing},
	} {
		r := httptest.NewRequest(c.method, "/?access_token=query", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.media)
		for _, h := range c.headers {
			r.Header.Add("Authorization", h)
		}
		if got, err := FromHeaderOrForm(r); got.Token != c.token || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestChallenge(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Challenge{
		"Bearer":                                                 {},
		`Bearer realm="https://id.example.org"`:                  {Realm: "https://id.example.org"},
		`Bearer error="x", error_description="y"`:                {Error: "x", Description: "y"},
		`Bearer error="x", resource_metadata="u"`:                {Error: "x", Metadata: "u"},
		`Bearer realm="r", scope="openid", error="insufficient"`: {Realm: "r", Scope: "openid", Error: "insufficient"},
	} {
		if got := c.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
