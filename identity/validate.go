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

// ValidUsername reports whether a user can have the name.
func ValidUsername(s string) bool { return checkUsername(s) == nil }

// ValidEmail reports whether a user can have the address.
func ValidEmail(s string) bool { return checkEmail(s) == nil }

// checkUsername holds the rule for usernames; upper and lower case are the same name.
func checkUsername(s string) error {
	if !usernamePattern.MatchString(s) {
		return InvalidField("username", "Must be 3 to 64 letters, digits, underscores, dots or hyphens.")
	}
	return nil
}

func checkEmail(s string) error {
	if len(s) > maxEmail || !emailPattern.MatchString(s) {
		return InvalidField("email", "Must be a valid e-mail address of at most %d characters.", maxEmail)
	}
	return nil
}

// Check validates username, e-mail address and every claim, and names all that are wrong.
func (u User) Check() error {
	var faults Faults
	faults.Add(checkUsername(u.Username))
	faults.Add(checkEmail(u.Email))
	faults.Add(u.Claims.Check())
	return faults.Err()
}

// line returns the check of a claim that is one line of text.
func line(limit int) func(name, text string) error {
	return func(name, text string) error { return CheckShown(name, text, limit, false) }
}

// checkName is CheckShown for the names of things, which are short and one line.
func checkName(field, text string) error { return CheckShown(field, text, MaxText, false) }

func checkURL(name, text string) error {
	if !webURL(text) {
		return InvalidField(name, "Must be an absolute http or https URL of at most %d characters.", maxURL)
	}
	return nil
}

func checkBirthdate(name, text string) error {
	if !validBirthdate(text) {
		return InvalidField(name, "Must be YYYY-MM-DD, 0000-MM-DD or YYYY.")
	}
	return nil
}

func checkZone(name, text string) error {
	if !validZone(text) {
		return InvalidField(name, "Must be a name of the tz database, such as Europe/Oslo.")
	}
	return nil
}

func checkLocale(name, text string) error {
	if len(text) > maxLocale || !localePattern.MatchString(text) {
		return InvalidField(name, "Must be a BCP 47 language tag of at most %d characters, such as nb-NO.", maxLocale)
	}
	return nil
}

func checkPhone(name, text string) error {
	if !phonePattern.MatchString(text) {
		return InvalidField(name, "Must be in E.164 form, such as +4722334455.")
	}
	return nil
}

func (a *Address) check() error {
	if a == nil {
		return nil
	}
	var faults Faults
	for _, f := range []struct{ name, value string }{
		{"formatted", a.Formatted},
		{"street_address", a.StreetAddress},
		{"locality", a.Locality},
		{"region", a.Region},
		{"postal_code", a.PostalCode},
		{"country", a.Country},
	} {
		faults.Add(CheckShown("address."+f.name, f.value, maxAddress, true))
	}
	return faults.Err()
}

// CheckShown is CheckText for what people read and decide by: it also refuses characters that cannot be seen, or that
// turn the order of others around.
func CheckShown(field, s string, limit int, lines bool) error {
	if err := CheckText(field, s, limit, lines); err != nil {
		return err
	}
	if invisible(s) {
		return InvalidField(field, "Must not have invisible characters, or such that change the direction of writing.")
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
	return err == nil && len(s) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		validPort(u) && !invisible(s) &&
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
