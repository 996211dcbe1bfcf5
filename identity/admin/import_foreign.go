package admin

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/authly/authly/identity"
)

// keycloakUser is what is read of a user in the export of a realm (UserRepresentation).
type keycloakUser struct {
	Username         string              `json:"username"`
	Email            string              `json:"email"`
	EmailVerified    bool                `json:"emailVerified"`
	Enabled          *bool               `json:"enabled"`
	FirstName        string              `json:"firstName"`
	LastName         string              `json:"lastName"`
	Attributes       map[string][]string `json:"attributes"`
	RequiredActions  []string            `json:"requiredActions"`
	ServiceAccountOf string              `json:"serviceAccountClientId"`
	Credentials      []struct {
		Type           string `json:"type"`
		SecretData     string `json:"secretData"`
		CredentialData string `json:"credentialData"`
	} `json:"credentials"`
}

// keycloakAttributes are the user attributes that Keycloak's built-in mappers release as standard claims.
var keycloakAttributes = map[string]string{
	"middleName": "middle_name", "nickname": "nickname", "profile": "profile", "picture": "picture", "website": "website",
	"gender": "gender", "birthdate": "birthdate", "zoneinfo": "zoneinfo", "locale": "locale", "phoneNumber": "phone_number",
	"street": "address.street_address", "locality": "address.locality", "region": "address.region",
	"postal_code": "address.postal_code", "country": "address.country", "formatted": "address.formatted",
}

func readKeycloakUser(text []byte, declared declaredAttributes) (*importedUser, error) {
	var k keycloakUser
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The object is no user of Keycloak.")
	}
	if k.ServiceAccountOf != "" {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The user is the service account of a client.")
	}
	username := asUsername(k.Username) // an address, where people sign in by it
	u := &importedUser{
		username: &username, email: &k.Email, verified: &k.EmailVerified, active: k.Enabled, attributes: identity.AttributeValues{},
	}
	u.claim("given_name", k.FirstName)
	u.claim("family_name", k.LastName)
	for name, claim := range keycloakAttributes {
		if values := k.Attributes[name]; len(values) > 0 {
			u.claim(claim, values[0])
		}
	}
	for name, values := range k.Attributes {
		if _, here := declared.named(name); here && len(values) > 0 {
			u.attributes[name] = values
		}
	}
	for _, action := range k.RequiredActions {
		if action == "UPDATE_PASSWORD" {
			u.requiresChange = new(bool)
			*u.requiresChange = true
		}
	}
	for _, c := range k.Credentials {
		if c.Type != "password" {
			continue
		}
		hash, err := keycloakHash(c.SecretData, c.CredentialData)
		if err != nil {
			return nil, err
		}
		u.hash = &hash
		break
	}
	return u, nil
}

// keycloakHash writes a password credential of Keycloak in the form that the hasher reads.
func keycloakHash(secretData, credentialData string) (string, error) {
	var secret struct {
		Value string `json:"value"`
		Salt  string `json:"salt"`
	}
	var how struct {
		Iterations int                 `json:"hashIterations"`
		Algorithm  string              `json:"algorithm"`
		Parameters map[string][]string `json:"additionalParameters"`
	}
	bad := identity.InvalidField("credentials", "Has a password that is not hashed by PBKDF2 or argon2id.")
	if json.Unmarshal([]byte(secretData), &secret) != nil || json.Unmarshal([]byte(credentialData), &how) != nil {
		return "", bad
	}
	salt, err := base64.StdEncoding.DecodeString(secret.Salt)
	if err != nil {
		return "", bad
	}
	key, err := base64.StdEncoding.DecodeString(secret.Value)
	if err != nil {
		return "", bad
	}
	raw := base64.RawStdEncoding.EncodeToString
	parameter := func(name string) string {
		if values := how.Parameters[name]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	switch how.Algorithm {
	case "pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512":
		return fmt.Sprintf("$%s$%d$%s$%s", how.Algorithm, how.Iterations, raw(salt), raw(key)), nil
	case "argon2":
		if parameter("type") != "id" || parameter("version") != "1.3" {
			return "", bad
		}
		return fmt.Sprintf("$argon2id$v=19$m=%s,t=%d,p=%s$%s$%s",
			parameter("memory"), how.Iterations, parameter("parallelism"), raw(salt), raw(key)), nil
	}
	return "", bad
}

// auth0User is what is read of a user in an export of Auth0: the fields of the user profile, and of an export with
// password hashes, which support provides.
type auth0User struct {
	UserID string `json:"user_id"`
	ID     struct {
		OID string `json:"$oid"`
	} `json:"_id"`
	Username      string `json:"username"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	Name          string `json:"name"`
	Nickname      string `json:"nickname"`
	Picture       string `json:"picture"`
	PhoneNumber   string `json:"phone_number"`
	PhoneVerified bool   `json:"phone_verified"`
	Blocked       bool   `json:"blocked"`
	PasswordHash  string `json:"passwordHash"` // bcrypt

	UserMetadata map[string]json.RawMessage `json:"user_metadata"` // what people may change
	AppMetadata  map[string]json.RawMessage `json:"app_metadata"`  // what only the operator may: it counts, where both say something
}

func readAuth0User(text []byte, declared declaredAttributes) (*importedUser, error) {
	var a auth0User
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, errNoObject
	}
	active := !a.Blocked
	u := &importedUser{username: &a.Username, email: &a.Email, verified: &a.EmailVerified, active: &active, phoneNumberKnown: &a.PhoneVerified}
	switch { // few have a username, and all have an id
	case a.Username != "":
	case a.UserID != "":
		a.Username = asUsername(a.UserID)
	case a.ID.OID != "":
		a.Username = asUsername("auth0|" + a.ID.OID)
	}
	if a.Name == a.Email { // Auth0's stand-in for a name
		a.Name = ""
	}
	for _, claim := range []struct{ name, text string }{
		{"given_name", a.GivenName},
		{"family_name", a.FamilyName},
		{"name", a.Name},
		{"nickname", a.Nickname},
		{"picture", a.Picture},
		{"phone_number", a.PhoneNumber},
	} {
		u.claim(claim.name, claim.text)
	}
	if a.PasswordHash != "" {
		u.hash = &a.PasswordHash
	}
	metadata := maps.Clone(a.UserMetadata)
	if metadata == nil {
		metadata = map[string]json.RawMessage{}
	}
	maps.Copy(metadata, a.AppMetadata)
	return u, u.known(declared, metadata)
}

// asUsername replaces what a username cannot have.
func asUsername(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r) {
			return r
		}
		return '-'
	}, id)
}
