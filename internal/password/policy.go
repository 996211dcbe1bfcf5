package password

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the list of common passwords
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/authly/authly/identity"
)

// The bounds of a new password.
const (
	MinLength = 8    // characters
	MaxLength = 256  // characters
	MaxBytes  = 1024 // bytes of UTF-8
)

const (
	minScore     = 2   // of 4: resists a fast attack on a throttled sign-in
	scoredLength = 100 // characters; the time of zxcvbn grows with the second power
	minPersonal  = 4   // shorter names would refuse too much by chance
)

//go:embed common.txt.gz
var commonList []byte

// common returns the common passwords between line breaks. It is searched as one text: 10 µs, and no table to keep in
// memory.
var common = sync.OnceValue(func() string {
	z, err := gzip.NewReader(bytes.NewReader(commonList))
	if err != nil {
		panic("password: common.txt.gz: " + err.Error())
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("password: common.txt.gz: " + err.Error())
	}
	return "\n" + string(text)
})

// Policy says which new passwords are good enough. The zero value is ready to use.
type Policy struct{}

var _ identity.PasswordPolicy = Policy{}

// Check refuses a password that is too short or too long, that is or contains one of the personal texts (usernames,
// e-mail addresses), that is among the common ones or that is easy to guess (zxcvbn score below 2). The error is an
// *identity.Error of kind Invalid with CodePasswordPolicy and the field "password"; it never repeats the password.
func (Policy) Check(password string, personal ...string) error {
	if len(password) > MaxBytes {
		return refuse("The password is too long: at most 256 characters.")
	}
	if !utf8.ValidString(password) || strings.ContainsRune(password, 0) {
		return refuse("The password contains a character that cannot be used.")
	}
	password = norm.NFC.String(password)
	switch length := utf8.RuneCountInString(password); {
	case length < MinLength:
		return refuse("The password is too short: at least 8 characters.")
	case length > MaxLength:
		return refuse("The password is too long: at most 256 characters.")
	}
	lower := strings.ToLower(password)
	personal = personalTexts(personal)
	for _, text := range personal {
		if len(text) >= minPersonal && strings.Contains(lower, text) {
			return refuse("The password must not contain the username or the e-mail address.")
		}
	}
	if strings.Contains(common(), "\n"+lower+"\n") {
		return refuse("The password is one of the most common ones. Choose another.")
	}
	if strength(firstRunes(password, scoredLength), append(personal, "authly")).Score < minScore {
		return refuse("The password is too easy to guess. Make it longer or less regular.")
	}
	return nil
}

// personalTexts returns the texts in lower case, and for each e-mail address also the part before the @.
func personalTexts(personal []string) []string {
	var texts []string
	for _, text := range personal {
		text = strings.ToLower(norm.NFC.String(strings.TrimSpace(text)))
		if text == "" {
			continue
		}
		texts = append(texts, text)
		if at := strings.LastIndexByte(text, '@'); at > 0 {
			texts = append(texts, text[:at])
		}
	}
	return texts
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

func refuse(detail string) error {
	return &identity.Error{Kind: identity.Invalid, Code: identity.CodePasswordPolicy, Field: "password", Detail: detail}
}
