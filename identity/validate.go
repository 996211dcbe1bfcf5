package identity

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	usernamePattern = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,64}$`)
	// The pattern of the HTML standard for input type=email.
	emailPattern = regexp.MustCompile(`^[a-zA-Z0-9.!#$%&'*+/=?^_` + "`" + `{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?` +
		`(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$`)
	phonePattern  = regexp.MustCompile(`^\+[1-9][0-9]{1,14}(?:;ext=[0-9]{1,10})?$`) // E.164, RFC 3966 extension
	localePattern = regexp.MustCompile(`^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$`)     // the shape of BCP 47
)

// Longest accepted values, in bytes.
const (
	maxEmail   = 254
	MaxText    = 255
	maxURL     = 2048
	maxGender  = 50
	maxZone    = 100
	maxLocale  = 64
	maxAddress = 1000
)

// checkUsername holds the rule for usernames; upper and lower case are the same name.
func checkUsername(s string) error {
	if !usernamePattern.MatchString(s) {
		return InvalidField("username", "Must be 3 to 64 letters, digits, underscores, dots or hyphens.")
	}
	return nil
}

func checkEmail(s string) error {
	if len(s) > maxEmail || !emailPattern.MatchString(s) {
		return InvalidField("email", "Must be a valid e-mail address.")
	}
	return nil
}

// Check validates username, e-mail address and every claim, and names the first that is wrong.
func (u User) Check() error {
	if err := checkUsername(u.Username); err != nil {
		return err
	}
	if err := checkEmail(u.Email); err != nil {
		return err
	}
	return u.Claims.Check()
}

// Check validates every claim and names the first that is wrong, in its OIDC spelling.
func (c Claims) Check() error {
	texts := []struct {
		name, value string
		limit       int
	}{
		{"name", c.Name, MaxText},
		{"given_name", c.GivenName, MaxText},
		{"family_name", c.FamilyName, MaxText},
		{"middle_name", c.MiddleName, MaxText},
		{"nickname", c.Nickname, MaxText},
		{"preferred_username", c.PreferredUsername, MaxText},
		{"gender", c.Gender, maxGender},
	}
	for _, t := range texts {
		if err := CheckText(t.name, t.value, t.limit, false); err != nil {
			return err
		}
	}
	for _, f := range []struct{ name, value string }{{"profile", c.Profile}, {"picture", c.Picture}, {"website", c.Website}} {
		if f.value != "" && !webURL(f.value) {
			return InvalidField(f.name, "Must be an absolute http or https URL of at most %d characters.", maxURL)
		}
	}
	if c.Birthdate != "" && !validBirthdate(c.Birthdate) {
		return InvalidField("birthdate", "Must be YYYY-MM-DD, 0000-MM-DD or YYYY.")
	}
	if c.Zoneinfo != "" && !validZone(c.Zoneinfo) {
		return InvalidField("zoneinfo", "Must be a name of the tz database, such as Europe/Oslo.")
	}
	if c.Locale != "" && (len(c.Locale) > maxLocale || !localePattern.MatchString(c.Locale)) {
		return InvalidField("locale", "Must be a BCP 47 language tag, such as nb-NO.")
	}
	if c.PhoneNumber != "" && !phonePattern.MatchString(c.PhoneNumber) {
		return InvalidField("phone_number", "Must be in E.164 form, such as +4722334455.")
	}
	if c.Address != nil {
		a := c.Address
		for _, f := range []struct{ name, value string }{
			{"formatted", a.Formatted},
			{"street_address", a.StreetAddress},
			{"locality", a.Locality},
			{"region", a.Region},
			{"postal_code", a.PostalCode},
			{"country", a.Country},
		} {
			if err := CheckText("address."+f.name, f.value, maxAddress, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckText refuses what is too long, not UTF-8, or holds control characters; lines allows line breaks.
func CheckText(field, s string, limit int, lines bool) error {
	if len(s) > limit {
		return InvalidField(field, "Must be at most %d bytes.", limit)
	}
	if !utf8.ValidString(s) {
		return InvalidField(field, "Must be valid UTF-8.")
	}
	for _, r := range s {
		if unicode.IsControl(r) && !(lines && (r == '\n' || r == '\r')) {
			return InvalidField(field, "Must not have control characters.")
		}
	}
	return nil
}

func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) })
}

// validBirthdate follows OIDC Core §5.1: ISO 8601 date, year 0000 when withheld, or the year alone.
func validBirthdate(s string) bool {
	if len(s) == 4 {
		_, err := time.Parse("2006", s)
		return err == nil && s != "0000"
	}
	if rest, withheld := strings.CutPrefix(s, "0000-"); withheld {
		_, err := time.Parse("2006-01-02", "2000-"+rest) // a leap year, so that 29 February is accepted
		return err == nil
	}
	_, err := time.Parse("2006-01-02", s)
	return err == nil
}

func validZone(s string) bool {
	if len(s) > maxZone || s == "Local" {
		return false
	}
	_, err := time.LoadLocation(s)
	return err == nil
}
