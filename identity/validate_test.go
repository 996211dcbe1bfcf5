package identity_test

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestClaims holds every claim to its rule: what is good is stored as it was written, what is bad is refused by name.
func TestClaims(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("a", n) }
	url := "https://example.org/" + long(2048-len("https://example.org/"))
	text := func(limit int) (good, bad []string) {
		return []string{"", "Ærlig Ångström", "O'Neill \"Bob\" <x>", "名前", long(limit)},
			[]string{long(limit + 1), "a\x00b", "a\nb", "a\tb", "\x7f", "\xff\xfe", "a\u0085b"}
	}
	names, badNames := text(255)
	genders, badGenders := text(50)
	urls := []string{"", "https://example.org", "http://example.org/a?b=c#d", "https://[::1]:8443/x", url}
	badURLs := []string{
		"javascript:alert(1)", "data:text/html,x", "//example.org/x", "example.org", "/x", "ftp://example.org/", "https://",
		"https:///x", "https://user@example.org/", "https://user:pw@example.org/", "https://example.org/a b",
		"https://example.org/\n", "https://example.org/\u00a0", url + "a", "https://exa mple.org", "HTTPS//x", "https:example.org",
	}
	lines, badLines := text(1000)
	lines = append(lines, "Storgata 1\r\n0155 Oslo")
	badLines = []string{badLines[0], badLines[1], badLines[3], badLines[4], badLines[5]}
	type set = func(c *identity.Claims, v string)
	address := func(field func(a *identity.Address) *string) set {
		return func(c *identity.Claims, v string) {
			c.Address = &identity.Address{}
			*field(c.Address) = v
		}
	}
	for field, test := range map[string]struct {
		set       set
		good, bad []string
	}{
		"name":               {func(c *identity.Claims, v string) { c.Name = v }, names, badNames},
		"given_name":         {func(c *identity.Claims, v string) { c.GivenName = v }, names, badNames},
		"family_name":        {func(c *identity.Claims, v string) { c.FamilyName = v }, names, badNames},
		"middle_name":        {func(c *identity.Claims, v string) { c.MiddleName = v }, names, badNames},
		"nickname":           {func(c *identity.Claims, v string) { c.Nickname = v }, names, badNames},
		"preferred_username": {func(c *identity.Claims, v string) { c.PreferredUsername = v }, names, badNames},
		"gender":             {func(c *identity.Claims, v string) { c.Gender = v }, genders, badGenders},
		"profile":            {func(c *identity.Claims, v string) { c.Profile = v }, urls, badURLs},
		"picture":            {func(c *identity.Claims, v string) { c.Picture = v }, urls, badURLs},
		"website":            {func(c *identity.Claims, v string) { c.Website = v }, urls, badURLs},
		"birthdate": {
			func(c *identity.Claims, v string) { c.Birthdate = v },
			[]string{"", "1979-12-31", "2000-02-29", "0000-02-29", "0000-12-01", "1979", "0001"},
			[]string{
				"2001-02-29", "1979-13-01", "1979-00-10", "1979-1-1", "0000", "0000-02-30", "0000-00-00", "79-12-31", "1979-12",
				"1979-12-31T00:00:00Z", "31.12.1979", "-979", "+979", " 1979", "1979-12-31 ", "197a", "19790101", "0000-",
			},
		},
		"zoneinfo": {
			func(c *identity.Claims, v string) { c.Zoneinfo = v },
			[]string{"", "Europe/Oslo", "UTC", "America/Argentina/Buenos_Aires"},
			[]string{"Local", "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "+02:00", `Europe\Oslo`, long(101)},
		},
		"locale": {
			func(c *identity.Claims, v string) { c.Locale = v },
			[]string{"", "nb-NO", "en", "zh-Hant-TW", "sr-Latn-RS", "de-CH-1996", "x-private"[0:1] + "a"},
			[]string{"nb_NO", "n", "en-", "-en", "en--US", "en-US ", "english-x-123456789", "1a", "nb-NØ", "en" + strings.Repeat("-abcdefgh", 8)},
		},
		"phone_number": {
			func(c *identity.Claims, v string) { c.PhoneNumber = v },
			[]string{"", "+4722334455", "+15551234567;ext=5678", "+12", "+123456789012345"},
			[]string{"22334455", "+0123", "+1234567890123456", "+47 22 33 44 55", "+4722334455;ext=", "+4722334455;ext=12345678901", "+47a", "++47", "+1", "+47\n"},
		},
		"address.formatted":      {address(func(a *identity.Address) *string { return &a.Formatted }), lines, badLines},
		"address.street_address": {address(func(a *identity.Address) *string { return &a.StreetAddress }), lines, badLines},
		"address.locality":       {address(func(a *identity.Address) *string { return &a.Locality }), lines, badLines},
		"address.region":         {address(func(a *identity.Address) *string { return &a.Region }), lines, badLines},
		"address.postal_code":    {address(func(a *identity.Address) *string { return &a.PostalCode }), lines, badLines},
		"address.country":        {address(func(a *identity.Address) *string { return &a.Country }), lines, badLines},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			for _, value := range test.good {
				var c identity.Claims
				test.set(&c, value)
				if err := c.Check(); err != nil {
					t.Errorf("%.60q is refused: %v", value, err)
				}
			}
			for _, value := range test.bad {
				var c identity.Claims
				test.set(&c, value)
				err := c.Check()
				if err == nil {
					t.Errorf("%.60q is taken", value)
					continue
				}
				wantField(t, err, field)
				if len(value) > 8 && strings.Contains(err.Error(), value) {
					t.Errorf("the error repeats the value: %v", err)
				}
			}
		})
	}
}

func TestUsernamesAndAddresses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	domain := "@" + strings.Repeat("a", 60) + "." + strings.Repeat("b", 60) + "." + strings.Repeat("c", 60) + "." + strings.Repeat("d", 50)
	for field, test := range map[string]struct {
		set       func(n *admin.NewUser, v string)
		good, bad []string
	}{
		"username": {
			func(n *admin.NewUser, v string) { n.Username = v },
			[]string{"bob", "B.o_b-9", strings.Repeat("x", 64)},
			[]string{"", "ab", strings.Repeat("x", 65), "a b", "bob@x", "bøb", "bob\n", "b/b", "bob\x00"},
		},
		"email": {
			func(n *admin.NewUser, v string) { n.Email = v },
			[]string{"a@b", "a.b+c'd@sub.example.org", strings.Repeat("u", 254-len(domain)) + domain},
			[]string{
				"", "a", "@b", "a@", "a b@c", "a@b c", "a@@b", "a@-b.org", "a@b-.org", "a@b..c", "a@b.", "a@b\n", "ü@b.org", "a@bücher.org",
				strings.Repeat("u", 255-len(domain)) + domain, "a@" + strings.Repeat("b", 64), `"a b"@c`, "a,b@c",
			},
		},
	} {
		for i, value := range append(test.good, test.bad...) {
			n := admin.NewUser{Username: "somebody", Email: "somebody@example.org", PasswordHash: hashed()}
			n.Username = strings.Repeat("q", i+3)
			n.Email = n.Username + "@example.org"
			if field == "email" {
				n.Username = "e" + n.Username
			}
			test.set(&n, value)
			_, _, err := f.admin.Users.Create(f.ctx, n)
			if i < len(test.good) {
				if err != nil {
					t.Errorf("%s %.60q is refused: %v", field, value, err)
				}
				continue
			}
			if err == nil {
				t.Errorf("%s %.60q is taken", field, value)
				continue
			}
			wantField(t, err, field)
		}
	}
}

// TestTheSameFaultsAreAlwaysToldInTheSameOrder: a caller who mends what is named must get on, not in circles.
func TestTheSameFaultsAreAlwaysToldInTheSameOrder(t *testing.T) {
	t.Parallel()
	claims := identity.Claims{Profile: "x", Picture: "x", Website: "x"}
	address := identity.Claims{Address: &identity.Address{Locality: "\x00", Region: "\x00", Country: "\x00"}}
	client := identity.Client{ClientID: "app", Policy: identity.DefaultPolicy()}
	client.Metadata.TokenEndpointAuthMethod, client.Metadata.ApplicationType = identity.AuthNone, "web"
	client.Metadata.SubjectType, client.Metadata.IDTokenAlg, client.Metadata.AccessTokenAlg = "public", "none", "none"
	uris := client
	uris.Metadata.IDTokenAlg, uris.Metadata.AccessTokenAlg = identity.RS256, identity.ES256
	uris.Metadata.URI, uris.Metadata.LogoURI, uris.Metadata.TermsURI, uris.Metadata.JWKSURI = "x", "x", "x", "x"
	times := uris
	times.Metadata.URI, times.Metadata.LogoURI, times.Metadata.TermsURI, times.Metadata.JWKSURI = "", "", "", ""
	times.Policy.AccessTokenTTL, times.Policy.IDTokenTTL, times.Policy.RefreshTokenTTL = -1, -1, -1
	for range 20 {
		wantField(t, claims.Check(), "profile")
		wantField(t, address.Check(), "address.locality")
		wantField(t, client.Check(), "id_token_signed_response_alg")
		wantField(t, uris.Check(), "client_uri")
		wantField(t, times.Check(), "access_token_ttl")
	}
}
