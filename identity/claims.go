package identity

import (
	"encoding/json"
	"reflect"
)

// Claims are the OIDC standard claims that a user stores (OIDC Core §5.1). Username, e-mail address and its
// verification are fields of User. A declaration has them under their YAML names, which are those of StandardClaims;
// the columns are named after the fields.
type Claims struct {
	Name                string   `yaml:"name,omitempty"`
	GivenName           string   `yaml:"given_name,omitempty"`
	FamilyName          string   `yaml:"family_name,omitempty"`
	MiddleName          string   `yaml:"middle_name,omitempty"`
	Nickname            string   `yaml:"nickname,omitempty"`
	PreferredUsername   string   `yaml:"preferred_username,omitempty"`
	Profile             string   `yaml:"profile,omitempty"` // URL
	Picture             string   `yaml:"picture,omitempty"` // URL
	Website             string   `yaml:"website,omitempty"` // URL
	Gender              string   `yaml:"gender,omitempty"`
	Birthdate           string   `yaml:"birthdate,omitempty"`    // YYYY-MM-DD, 0000-MM-DD (year withheld) or YYYY
	Zoneinfo            string   `yaml:"zoneinfo,omitempty"`     // name of the tz database
	Locale              string   `yaml:"locale,omitempty"`       // BCP 47
	PhoneNumber         string   `yaml:"phone_number,omitempty"` // E.164
	PhoneNumberVerified bool     `yaml:"phone_number_verified,omitempty"`
	Address             *Address `yaml:"address,omitempty"`
}

// StandardClaims are the claims about a user that belong to a scope (OIDC Core §5.4), in the order in which they are
// checked: the one place that says of each what profile, validation, audit trail, ID token, UserInfo, administration
// and declarations need to know.
var StandardClaims = []StandardClaim{
	text("name", ScopeProfile, func(c *Claims) *string { return &c.Name }, line(MaxText)).
		as(func(u *User) any { return known(u.DisplayName()) }),
	text("given_name", ScopeProfile, func(c *Claims) *string { return &c.GivenName }, line(MaxText)),
	text("family_name", ScopeProfile, func(c *Claims) *string { return &c.FamilyName }, line(MaxText)),
	text("middle_name", ScopeProfile, func(c *Claims) *string { return &c.MiddleName }, line(MaxText)),
	text("nickname", ScopeProfile, func(c *Claims) *string { return &c.Nickname }, line(MaxText)),
	text("preferred_username", ScopeProfile, func(c *Claims) *string { return &c.PreferredUsername }, line(MaxText)).
		as(func(u *User) any {
			if u.Claims.PreferredUsername == "" {
				return known(u.Username)
			}
			return u.Claims.PreferredUsername
		}),
	text("gender", ScopeProfile, func(c *Claims) *string { return &c.Gender }, line(maxGender)),
	text("profile", ScopeProfile, func(c *Claims) *string { return &c.Profile }, checkURL),
	text("picture", ScopeProfile, func(c *Claims) *string { return &c.Picture }, checkURL),
	text("website", ScopeProfile, func(c *Claims) *string { return &c.Website }, checkURL),
	text("birthdate", ScopeProfile, func(c *Claims) *string { return &c.Birthdate }, checkBirthdate),
	text("zoneinfo", ScopeProfile, func(c *Claims) *string { return &c.Zoneinfo }, checkZone),
	text("locale", ScopeProfile, func(c *Claims) *string { return &c.Locale }, checkLocale),
	{Name: "updated_at", Scope: ScopeProfile, value: func(u *User) any { return u.UpdatedAt.Unix() }},
	{Name: "email", Scope: ScopeEmail, value: func(u *User) any { return known(u.Email) }},
	{Name: "email_verified", Scope: ScopeEmail, value: func(u *User) any { return u.Verified }},
	text("phone_number", ScopePhone, func(c *Claims) *string { return &c.PhoneNumber }, checkPhone),
	{
		Name: "phone_number_verified", Scope: ScopePhone,
		stored: func(c *Claims) any { return c.PhoneNumberVerified },
		value: func(u *User) any {
			if u.Claims.PhoneNumber == "" {
				return nil
			}
			return u.Claims.PhoneNumberVerified
		},
	},
	{
		Name: "address", Scope: ScopeAddress, SelfService: true,
		stored: func(c *Claims) any { return addressOrNil(c.Address) },
		set:    setAddress,
		check:  func(c *Claims) error { return c.Address.check() },
		value: func(u *User) any {
			if u.Claims.Address.IsZero() {
				return nil
			}
			return u.Claims.Address
		},
	},
}

// StandardClaim is one claim about a user.
type StandardClaim struct {
	Name        string // in tokens, UserInfo, declarations, refusals and the audit trail
	Scope       string // the scope that it belongs to, which lets it be read
	SelfService bool   // users may change it themselves; for the others somebody else vouches

	// Text returns where a text is stored, empty for "not known". It is nil for a claim of another kind.
	Text func(c *Claims) *string

	stored func(c *Claims) any                          // what Claims has of it, for the audit trail; nil: it is not in Claims
	set    func(c *Claims, value json.RawMessage) error // stores what a user sends; null clears
	check  func(c *Claims) error                        // nil: nothing can be wrong
	value  func(u *User) any                            // what others are told; nil for "not known"
}

// text returns a claim whose value is the text that is stored. check is only asked about a text that is not empty.
func text(name, scope string, field func(c *Claims) *string, check func(name, text string) error) StandardClaim {
	return StandardClaim{
		Name: name, Scope: scope, SelfService: true, Text: field,
		stored: func(c *Claims) any { return *field(c) },
		set: func(c *Claims, value json.RawMessage) error {
			var s *string
			if err := json.Unmarshal(value, &s); err != nil {
				return err
			}
			if s == nil {
				s = new(string)
			}
			*field(c) = *s
			return nil
		},
		check: func(c *Claims) error {
			if s := *field(c); s != "" {
				return check(name, s)
			}
			return nil
		},
		value: func(u *User) any { return known(*field(&u.Claims)) },
	}
}

// as returns the claim with another value than what is stored.
func (c StandardClaim) as(value func(u *User) any) StandardClaim {
	c.value = value
	return c
}

// WriteScope is the scope that lets users change the claim through a client. That of reading never does.
func (c *StandardClaim) WriteScope() string { return c.Scope + writeSuffix }

// Value returns what the claim says of a user, or nil when that is not known.
func (c *StandardClaim) Value(u *User) any { return c.value(u) }

// known returns a text, or nil for the empty one, which means "not known".
func known(s string) any {
	if s == "" {
		return nil
	}
	return s
}

var claimsByName = func() map[string]*StandardClaim {
	byName := make(map[string]*StandardClaim, len(StandardClaims))
	for i := range StandardClaims {
		byName[StandardClaims[i].Name] = &StandardClaims[i]
	}
	return byName
}()

// ClaimNamed returns the standard claim of a name, or nil when there is none.
func ClaimNamed(name string) *StandardClaim { return claimsByName[name] }

// Check validates every claim and names all that are wrong, in their OIDC spelling.
func (c Claims) Check() error {
	var faults Faults
	for _, claim := range StandardClaims {
		if claim.check == nil {
			continue
		}
		faults.Add(claim.check(&c))
	}
	return faults.Err()
}

// addChanges adds the claims that differ.
func addChanges(changes map[string]Change, before, after *Claims) {
	for _, claim := range StandardClaims {
		if claim.stored == nil {
			continue
		}
		if from, to := claim.stored(before), claim.stored(after); !reflect.DeepEqual(from, to) {
			changes[claim.Name] = Change{Before: from, After: to}
		}
	}
}
