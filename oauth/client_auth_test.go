package oauth

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

func basic(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }

func TestParseBasic(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]identity.ClientCredentials{
		basic("app:secret"):                  {Method: identity.AuthClientSecretBasic, ClientID: "app", Secret: "secret"},
		"basic" + basic("app:secret")[5:]:    {Method: identity.AuthClientSecretBasic, ClientID: "app", Secret: "secret"},
		basic("app:"):                        {Method: identity.AuthClientSecretBasic, ClientID: "app", Secret: ""},
		basic(":"):                           {Method: identity.AuthClientSecretBasic, ClientID: "", Secret: ""},
		basic("app:a:b"):                     {Method: identity.AuthClientSecretBasic, ClientID: "app", Secret: "a:b"},
		basic("a%3Ab:%25+%2B"):               {Method: identity.AuthClientSecretBasic, ClientID: "a:b", Secret: "% +"},
		basic(url.QueryEscape("é") + ":%00"): {Method: identity.AuthClientSecretBasic, ClientID: "é", Secret: "\x00"},
	} {
		if got, ok := parseBasic(header); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", header, got, ok)
		}
	}
	for _, header := range []string{
		"", "Basic", "Basic ", "Basic !!", "Bearer abc", basic("app"), basic("%zz:x"), basic("x:%"), basic("app:secret") + "=",
		strings.TrimRight(basic("app:secretx"), "=") + " x", "Digest " + basic("a:b")[6:],
	} {
		if got, ok := parseBasic(header); ok {
			t.Errorf("%q is read as %+v", header, got)
		}
	}
}

func TestOnlyOneWayOfAuthentication(t *testing.T) {
	t.Parallel()
	form := func(pairs ...string) url.Values {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	for name, test := range map[string]struct {
		headers []string
		form    url.Values
		code    string // of the refusal; empty: taken
		want    identity.AuthMethod
	}{
		"Basic":               {[]string{basic("app:s")}, form(), "", identity.AuthClientSecretBasic},
		"Basic and client_id": {[]string{basic("app:s")}, form("client_id", "app"), "", identity.AuthClientSecretBasic},
		"the body":            {nil, form("client_id", "app", "client_secret", "s"), "", identity.AuthClientSecretPost},
		"an empty secret":     {nil, form("client_id", "app", "client_secret", ""), "", identity.AuthClientSecretPost},
		"client_id alone":     {nil, form("client_id", "app"), "", identity.AuthNone},
		"another client_id":   {[]string{basic("app:s")}, form("client_id", "other"), "invalid_request", ""},
		"Basic and the body":  {[]string{basic("app:s")}, form("client_secret", "s"), "invalid_request", ""},
		"two headers":         {[]string{basic("app:s"), basic("app:s")}, form(), "invalid_request", ""},
		"Basic and assertion": {[]string{basic("app:s")}, form("client_assertion", "x"), "invalid_request", ""},
		"body and assertion":  {nil, form("client_secret", "s", "client_assertion_type", "x"), "invalid_request", ""},
		"a broken header":     {[]string{"Basic x"}, form("client_id", "app"), "invalid_client", ""},
		"Bearer":              {[]string{"Bearer x"}, form("client_id", "app"), "invalid_client", ""},
	} {
		r := httptest.NewRequest(http.MethodPost, TokenPath, nil)
		for _, h := range test.headers {
			r.Header.Add("Authorization", h)
		}
		got, err := presentedCredentials(r, test.form)
		switch {
		case test.code != "":
			if err == nil || FromError(err).Code != test.code {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		case err != nil || got.Method != test.want || got.ClientID != "app":
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzBasic(f *testing.F) {
	for _, seed := range []string{basic("app:secret"), basic("a%3Ab:%25+"), basic(":"), "Basic ", "basic \n", "Basic Og", basic("%:")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		growth.Linear(t, growth.Repeated(header, ""), func(text string) { _, _ = parseBasic(text) })
		got, ok := parseBasic(header)
		if !ok {
			if !reflect.DeepEqual(got, identity.ClientCredentials{}) {
				t.Fatalf("%q is refused with %+v", header, got)
			}
			return
		}
		// What was read means the same when it is written as the standard has it.
		again, ok := parseBasic(basic(url.QueryEscape(got.ClientID) + ":" + url.QueryEscape(got.Secret)))
		if !ok || !reflect.DeepEqual(again, got) || got.Method != identity.AuthClientSecretBasic {
			t.Fatalf("%q: %+v, then %+v", header, got, again)
		}
	})
}

// FuzzAssertion feeds client assertions to what reads them before their signature is known: it must not panic, and what
// it takes for the client is a text of the payload.
func FuzzAssertion(f *testing.F) {
	f.Add("e30.eyJzdWIiOiJyb2JvdCJ9.AA", "robot")
	f.Add("e30.eyJzdWIiOjd9.AA", "")
	f.Add("..", "x")
	f.Add(strings.Repeat("A", maxAssertion+1), "")
	f.Fuzz(func(t *testing.T, assertion, clientID string) {
		form := url.Values{paramClientAssertion: {assertion}, paramClientAssertionType: {assertionType}}
		if clientID != "" {
			form.Set(paramClientID, clientID)
		}
		growth.Linear(t, growth.Repeated(assertion, ""), func(text string) {
			_, _ = assertedCredentials(url.Values{paramClientAssertion: {text}, paramClientAssertionType: {assertionType}})
		})
		c, err := assertedCredentials(form)
		if err != nil {
			if FromError(err).Code != "invalid_client" {
				t.Errorf("refused as %v", err)
			}
			return
		}
		if c.Method != identity.AuthPrivateKeyJWT || c.Assertion != assertion || clientID != "" && c.ClientID != clientID {
			t.Errorf("credentials %+v", c)
		}
	})
}
