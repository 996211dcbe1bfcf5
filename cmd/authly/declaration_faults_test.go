package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// faultsOf returns what cannot be read of a file, one fault a line.
func faultsOf(text string) string {
	_, read := parseDeclaration([]byte(text), lookup(nil))
	err := read.judged("file", nil)
	if err == nil {
		return ""
	}
	_, faults, _ := strings.Cut(err.Error(), "\n")
	return faults
}

// TestAFileThatIsNoYAMLNamesTheLine on which it goes wrong, not the one on which what is around it begins.
func TestAFileThatIsNoYAMLNamesTheLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"users: [\n":                                "file (line 1): Did not find expected node content.",
		"users:\n  - username: a\n   email: b\n":    "file (line 3): Did not find expected '-' indicator.",
		"users:\n  - username: a: b\n":              "file (line 2): Mapping values are not allowed in this context.",
		"users:\n- username: a\n\temail: b\n":       "file (line 3): Found a tab character that violates indentation.",
		"users: []\nscopes: []\n- b\nclients: []\n": "file (line 3): Did not find expected key.",
		"users:\n- username: 'a\n  email: b\n":      "file (line 2): Found unexpected end of stream.",
		"users: []\nscopes: *s\nclients: []\n":      "file (line 2): Unknown anchor 's' referenced.",
		"users: []\nscopes: [\"\\q\"]\n":            "file (line 2): Found unknown escape character.",
		"users: []\n\nscopes: [a\x01b]\n":           "file (line 3): Control characters are not allowed.",
		"users: []\nscopes: [\xff]\n":               "file (line 2): Invalid leading UTF-8 octet.",
		"users: []\n---\nscopes: []\n":              "file (line 2): The file must hold one YAML document.",
		"users: []\n---\nscopes: [\n":               "file (line 3): Did not find expected node content.",
		"{\"users\": [],\n \"scopes\": []\n":        "file (line 2): Did not find expected ',' or '}'.",
		"a list":                                    "file (line 1): Must be an object.",
		"\n- users\n":                               "file (line 2): Must be an object.",
		"":                                          "",
		"# nothing\n":                               "",
		"~":                                         "",
	} {
		if got := faultsOf(text); got != want {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
	}
}

// TestWhatCannotBeReadIsToldWithItsPlace: of every type, in lists, in flow style, through aliases and merged mappings.
func TestWhatCannotBeReadIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"types": {`users:
  - username: [a]
    email_verified: perhaps
    address: Oslo
    password: env:NOPE
    active: 7
  - just a name
scopes: { name: a }
resources:
  - uri: https://api.example.org
    scopes: a b
clients:
  - client_id: a
    access_token_ttl: 1.5
    default_max_age: soon
    redirect_uris: [https://a.example/cb, { to: b }, ~]
    jwks: { keys: [{ kty: OKP, kty: EC }] }
    client_secret: file:/nowhere/secret
  - client_id: b
    jwks: { .nan: 1 }
`, `users[0].username (line 2): Must be a text.
users[0].email_verified (line 3): Must be true or false.
users[0].address (line 4): Must be an object.
users[0].password (line 5): Is from the variable NOPE, which is not set.
users[0].active (line 6): Must be true or false.
users[1] (line 7): Must be an object.
scopes (line 8): Must be a list.
resources[0].scopes (line 11): Must be a list.
clients[0].access_token_ttl (line 14): Must be a whole number.
clients[0].default_max_age (line 15): Must be a whole number.
clients[0].redirect_uris[1] (line 16): Must be a text.
clients[0].redirect_uris[2] (line 16): Must not be null.
clients[0].jwks (line 17): Must be a JSON object without a key twice.
clients[0].client_secret (line 18): Cannot be read: stat /nowhere/secret: no such file or directory.
clients[1].jwks (line 20): Must be a JSON object.`},
		"keys": {
			"users:\n- { username: a, emial: b,\n    email: c, username: d }\nusres: 5\nusers: []\n? [a, b]\n: c\n\"\\e[2J\": d\n",
			`users[0].emial (line 2): Is an unknown key.
users[0].username (line 3): Is the same as users[0].username (line 2).
usres (line 4): Is an unknown key.
users (line 5): Is the same as users (line 1).
"" (line 6): Is an unknown key.
"\x1b[2J" (line 8): Is an unknown key.`,
		},
		"merged": {`clients:
  - &base
    client_id: a
    require_pkce: perhaps
    redirect_urls: [https://a.example/cb]
  - <<: *base
    client_id: b
    require_pkce: true
  - *base
  - <<: [*base, 5]
    client_id: d
`, `clients[0].require_pkce (line 4): Must be true or false.
clients[2].require_pkce (line 4): Must be true or false.
clients[0].redirect_urls (line 5): Is an unknown key.
clients[1].redirect_urls (line 5): Is an unknown key.
clients[2].redirect_urls (line 5): Is an unknown key.
clients[3] (line 10): Must have only objects merged into it, at most 100.`},
		"JSON": {
			"{\n\t\"users\": [\n\t\t{\n\t\t\t\"username\": {},\n\t\t\t\"email\": \"a\", \"emial\": null\n\t\t}\n\t]\n}",
			`users[0].username (line 4): Must be a text.
users[0].emial (line 5): Is an unknown key.`,
		},
	} {
		if diff := cmp.Diff(test.want, faultsOf(test.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestMergedAndLeftOutFieldsAreRead as the library reads them.
func TestMergedAndLeftOutFieldsAreRead(t *testing.T) {
	t.Parallel()
	d := parsed(t, `clients:
  - &base { client_id: a, require_pkce: false, scope: openid, contacts: ~, default_max_age: 5 }
  - { <<: *base, client_id: b }
  - { <<: [*base, { description: d, scope: profile }], client_id: c, scope: email }
  - { client_id: d, active: no, software_version: 2.10 }
`)
	want := []struct {
		id, scope, description string
		pkce                   bool
	}{{"a", "openid", "", false}, {"b", "openid", "", false}, {"c", "email", "d", false}, {"d", "", "", true}}
	for i, w := range want {
		c := d.Clients[i]
		if c.ClientID != w.id || c.Metadata.Scope != w.scope || c.Policy.Description != w.description || c.Policy.RequirePKCE != w.pkce {
			t.Errorf("%+v instead of %+v", c, w)
		}
	}
	merged, last := d.Clients[1].Metadata.DefaultMaxAge, d.Clients[3]
	if merged == nil || *merged != 5 || !last.Inactive || last.Metadata.SoftwareVersion != "2.10" {
		t.Errorf("%v, %+v", merged, last)
	}
}
