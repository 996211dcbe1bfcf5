package identity

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The bounds of what an operator declares. A pattern is bounded in bytes and in the instructions that it is compiled to:
// matching takes time in proportion to these and to the value (RE2).
const (
	MaxAttributeDefinitions = 100
	maxAttributeName        = 64
	maxPattern              = 256
	maxPatternInstructions  = 2000
)

// AttributeType is what the values of an attribute are.
type AttributeType string

// The types of attributes.
const (
	AttributeString     AttributeType = "string"
	AttributeStringList AttributeType = "string_list"
	AttributeInteger    AttributeType = "integer"
	AttributeBoolean    AttributeType = "boolean"
	AttributeDate       AttributeType = "date" // YYYY-MM-DD
)

// AttributeTypes lists them.
func AttributeTypes() []AttributeType {
	return []AttributeType{AttributeString, AttributeStringList, AttributeInteger, AttributeBoolean, AttributeDate}
}

// text reports whether the values are texts that a pattern can be for.
func (t AttributeType) text() bool { return t == AttributeString || t == AttributeStringList }

// AttributeDefinition is what an operator declares that the server knows about users besides the standard claims. Name, Type,
// Unique and Filterable stay as they were at creation.
type AttributeDefinition struct {
	ID           uuid.UUID
	Name         string // unique without regard to case; stored as written
	DisplayName  string // what people are shown; empty: the name
	Description  string
	Type         AttributeType
	Pattern      string   // RE2, for the whole of each text; empty: any
	Required     bool     // users cannot be created without it, nor can it be cleared
	Unique       bool     // no two users have the same value, without regard to case
	Filterable   bool     // users can be found by it
	Claim        string   // the claim by which clients are told of it; empty: the name. Unique without regard to case
	UserWritable bool     // users may change it themselves, through a client that is told of it and may change their profile
	Scopes       []string // that release it to clients, sorted; none: nobody is told
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int // 1 at creation, one more with every update
}

// Check holds the rules for definitions and names all fields that are wrong.
func (d AttributeDefinition) Check() error {
	var faults Faults
	faults.Add(checkAttributeName(d.Name))
	faults.Add(checkName("display_name", d.DisplayName))
	faults.Add(CheckShown("description", d.Description, maxDescription, true))
	if !slices.Contains(AttributeTypes(), d.Type) {
		faults.Add(InvalidField("type", "Must be a type of attributes."))
	}
	faults.Add(d.checkPattern())
	faults.Add(d.checkRelease())
	if d.Unique && d.Type == AttributeBoolean {
		faults.Add(InvalidField("unique", "Must be false for a boolean, which has two values only."))
	}
	return faults.Err()
}

func (d AttributeDefinition) checkPattern() error {
	switch {
	case d.Pattern == "":
		return nil
	case !d.Type.text():
		return InvalidField("pattern", "Must be left out: only texts have a pattern.")
	}
	if err := CheckText("pattern", d.Pattern, maxPattern, false); err != nil {
		return err
	}
	parsed, err := syntax.Parse(d.Pattern, syntax.Perl) // by itself: a)|(b would leave the group around it
	if err != nil {
		return InvalidField("pattern", "Must be a regular expression of RE2.").Because(err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(program.Inst) > maxPatternInstructions {
		return InvalidField("pattern", "Must be simpler: its repetitions make it too large.").Because(err)
	}
	return nil
}

var attributeNamePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// checkAttributeName refuses what is no name of a claim, or one that has a meaning already.
func checkAttributeName(name string) error {
	switch {
	case name == "":
		return &Error{Kind: Invalid, Code: CodeRequired, Field: "name", Detail: "Must not be empty."}
	case len(name) > maxAttributeName || !attributeNamePattern.MatchString(name):
		return InvalidField(
			"name", "Must be a letter and then letters, digits, underscores or hyphens, %d at most.", maxAttributeName,
		)
	case reservedNames[reservedKey(name)]:
		return InvalidField("name", "Is the name of a claim or of a field that every user has.")
	}
	return nil
}

// reservedKey is the form in which names are compared that people or programs take for the same: givenName is given_name.
func reservedKey(name string) string { return withoutMarks.Replace(strings.ToLower(name)) }

var withoutMarks = strings.NewReplacer("_", "", "-", "")

// reservedNames are those of the registered claims of tokens (RFC 7519 §4.1, RFC 7662 §2.2, RFC 8693 §4, RFC 9068 §2.2, OIDC
// Core §2 and the logout specifications), of the standard claims about users, and of what else a user has.
var reservedNames = func() map[string]bool {
	reserved := map[string]bool{}
	add := func(names ...string) {
		for _, name := range names {
			reserved[reservedKey(name)] = true
		}
	}
	add("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "nonce", "auth_time", "acr", "amr", "at_hash", "c_hash", "s_hash", "sid",
		"sub_jwk", "cnf", "act", "may_act", "events", "scope", "client_id", "active", "token_type", "typ", "entitlements",
		"authorization_details", "_claim_names", "_claim_sources")
	add(ClaimGroups, ClaimRoles)
	add(reservedClaims...)
	for _, claim := range StandardClaims {
		add(claim.Name)
	}
	add("id", "username", "password", "password_hash", "verified", "admin", "requires_password_change", "locked", "failed_attempts",
		"locked_until", "last_login_at", "last_login_ip", "created_by", "created_at", "version", "sessions", "grants", "consents",
		"effective_groups", "effective_roles", "audit_events", "attributes")
	return reserved
}()
