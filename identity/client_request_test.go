package identity_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// TestARegistrationRequestIsReadAsItsStandardSays: RFC 7591 §2 and §3.1, RFC 7592 §2.2.
func TestARegistrationRequestIsReadAsItsStandardSays(t *testing.T) {
	t.Parallel()
	r := request(t, `{"client_name":null,"client_name#ja":"x","logo_uri#ja":"https://x.example/","Scope":"admin:users:read",
		"request_object_encryption_alg":null,"request_uris":[],"frontchannel_logout_session_required":false,
		"redirect_uris":["https://app.example.org/cb"],"skip_consent":true,"service_admin":true,"audiences":["https://a.example"],"built_in":true}`)
	wantSame(t, r.Metadata, identity.ClientMetadata{
		RedirectURIs: []string{"https://app.example.org/cb"}, RequestURIs: []string{},
		Localized: map[string]string{"client_name#ja": "x", "logo_uri#ja": "https://x.example/"},
	})
	for _, name := range identity.RefusedMembers() {
		if metadataMembers()[name] {
			t.Errorf("%s is refused, and is a field of clients", name)
		}
	}
	for text, want := range map[string]string{
		`{"redirect_uris":["http://localhost:8080/","edu.kit.agent:/redirect"]}`:                      "native",
		`{"redirect_uris":["http://localhost/","edu.kit.agent:/cb"],"application_type":"web"}`:        "native",
		`{"redirect_uris":["https://app.example.org/","edu.kit.agent:/cb"],"application_type":"web"}`: "web",
		`{"redirect_uris":["http://[::1]/cb"]}`:                                                       "native",
		`{"redirect_uris":["http://127.0.0.1/","https://app.example.org/"]}`:                          "",
		`{"redirect_uris":["http://127.0.0.1/"],"application_type":"web"}`:                            "web",
		`{}`: "",
	} {
		if got := request(t, text).Metadata.ApplicationType; got != want {
			t.Errorf("%s is %q", text, got)
		}
	}
	for text, field := range map[string]string{
		``: "", `null`: "", `[]`: "", `"x"`: "", `{}{}`: "", `{`: "", `{"a":1,"a":2}`: "", "{\"a\":\"\xff\"}": "", `{"a":tru}`: "",
		`{"x":` + strings.Repeat("[", 8) + strings.Repeat("]", 8) + `}`: "",
		`{"redirect_uris":"https://app.example.org/cb"}`:                "redirect_uris",
		`{"client_name":5}`:                         "client_name",
		`{"default_max_age":"5"}`:                   "default_max_age",
		`{"software_statement":["e30.e30."]}`:       "software_statement",
		`{"request_uris":"https://x.example/"}`:     "request_uris",
		`{"tls_client_auth_san_dns":["a.example"]}`: "tls_client_auth_san_dns",
		`{"backchannel_user_code_parameter":true}`:  "backchannel_user_code_parameter",
	} {
		_, err := identity.ReadClientRegistration([]byte(text))
		wantField(t, err, field)
	}
	if _, err := identity.ReadClientRegistration([]byte("{" + members(200) + "}")); err != nil {
		t.Error(err)
	}
	if _, err := identity.ReadClientRegistration([]byte("{" + members(201) + "}")); err == nil {
		t.Error("a request of 201 members was read")
	}
	if _, err := identity.ReadClientRegistration([]byte(`{"x":` + strings.Repeat("[", 7) + strings.Repeat("]", 7) + `}`)); err != nil {
		t.Error(err)
	}
}

// metadataMembers are the names of what a client may say of itself.
func metadataMembers() map[string]bool {
	names, t := map[string]bool{}, reflect.TypeFor[identity.ClientMetadata]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}

// members returns so many members that nobody knows.
func members(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"x%d":0`, i)
	}
	return strings.Join(list, ",")
}

// FuzzClientRegistration: whatever is read is refused or is registered with nothing that only the operator says, and checking it
// does not fail.
func FuzzClientRegistration(f *testing.F) {
	f.Add(webApplication)
	f.Add(`{"jwks":{"keys":[{"kty":"EC"}]},"token_endpoint_auth_method":"private_key_jwt","default_max_age":1e3}`)
	f.Add(`{"redirect_uris":[null,"com.example:/","http://[::1]"],"grant_types":[""],"contacts":[{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := identity.ReadClientRegistration([]byte(text))
		if err != nil {
			if e := identity.AsError(err); e.Kind != identity.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		m := r.Metadata.WithDefaults()
		c := identity.Client{ClientID: "app", Metadata: m, Policy: identity.DefaultPolicy().WithDefaults(m), Origin: identity.OriginOpen}
		if c.Check() == nil && c.Trusted() && !strings.Contains(m.Scope, "admin:") {
			t.Fatalf("%+v", c)
		}
	})
}
