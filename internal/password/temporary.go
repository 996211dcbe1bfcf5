package password

import "github.com/authly/authly/identity"

// The classes of a temporary password, without the look-alikes 0 O o 1 l I.
const (
	upper   = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	lower   = "abcdefghijkmnpqrstuvwxyz"
	digits  = "23456789"
	symbols = "!@#$%^&*"
)

const temporaryLength = 12

// Temporary makes a password of 12 characters, about 66 random bits, with at least one upper-case letter, lower-case
// letter, digit and symbol.
func (Policy) Temporary(source identity.Source) string {
	password := make([]byte, 0, temporaryLength)
	for _, class := range []string{upper, lower, digits, symbols} {
		password = append(password, class[source.Intn(len(class))])
	}
	const all = upper + lower + digits + symbols
	for len(password) < temporaryLength {
		password = append(password, all[source.Intn(len(all))])
	}
	for i := len(password) - 1; i > 0; i-- {
		j := source.Intn(i + 1)
		password[i], password[j] = password[j], password[i]
	}
	return string(password)
}
