package admin

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// importedUser is a user as a file describes it: what is nil it does not say.
type importedUser struct {
	id                                                 uuid.UUID // of a user who is new; zero: one is made
	username, email, hash                              *string
	active, verified, requiresChange, phoneNumberKnown *bool
	claims                                             []func(c *identity.Claims)
	attributes                                         identity.AttributeValues // without values: cleared
	clearAttributes                                    bool                     // all others are cleared
}

// create is the user as a new one.
func (u *importedUser) create() NewUser {
	n := NewUser{id: u.id}
	setIfGiven(&n.Username, u.username)
	setIfGiven(&n.Email, u.email)
	setIfGiven(&n.PasswordHash, u.hash)
	setIfGiven(&n.Verified, u.verified)
	setIfGiven(&n.RequiresPasswordChange, u.requiresChange)
	n.Inactive = u.active != nil && !*u.active
	u.patch(&n.Claims)
	setIfGiven(&n.Claims.PhoneNumberVerified, u.phoneNumberKnown)
	return n
}

// change is the user as a change of one who is there already.
func (u *importedUser) change() UserChange {
	return UserChange{
		Username: u.username, Email: u.email, Active: u.active, Verified: u.verified,
		RequiresPasswordChange: u.requiresChange, PhoneNumberVerified: u.phoneNumberKnown, PatchClaims: u.patch,
		Attributes: u.attributes, ClearAttributes: u.clearAttributes,
	}
}

func (u *importedUser) patch(c *identity.Claims) {
	for _, set := range u.claims {
		set(c)
	}
}

// importFields are the fields of JSON Lines and CSV besides the standard claims, by the names that declarations have for
// them.
var importFields = map[string]func(u *importedUser, raw json.RawMessage) error{
	"username":                 func(u *importedUser, raw json.RawMessage) error { return readValue(&u.username, raw) },
	"email":                    func(u *importedUser, raw json.RawMessage) error { return readValue(&u.email, raw) },
	"password_hash":            func(u *importedUser, raw json.RawMessage) error { return readValue(&u.hash, raw) },
	"active":                   func(u *importedUser, raw json.RawMessage) error { return readValue(&u.active, raw) },
	"verified":                 func(u *importedUser, raw json.RawMessage) error { return readValue(&u.verified, raw) },
	"requires_password_change": func(u *importedUser, raw json.RawMessage) error { return readValue(&u.requiresChange, raw) },
	"phone_number_verified":    func(u *importedUser, raw json.RawMessage) error { return readValue(&u.phoneNumberKnown, raw) },
	"address":                  readAddress,
}

// addressParts are the names of addressFields, in order.
var addressParts = []string{
	"address.formatted", "address.street_address", "address.locality", "address.region", "address.postal_code", "address.country",
}

var addressFields = map[string]func(a *identity.Address) *string{
	"address.formatted":      func(a *identity.Address) *string { return &a.Formatted },
	"address.street_address": func(a *identity.Address) *string { return &a.StreetAddress },
	"address.locality":       func(a *identity.Address) *string { return &a.Locality },
	"address.region":         func(a *identity.Address) *string { return &a.Region },
	"address.postal_code":    func(a *identity.Address) *string { return &a.PostalCode },
	"address.country":        func(a *identity.Address) *string { return &a.Country },
}

// readValue reads a value of JSON; null is the zero value, which clears.
func readValue[T any](to **T, raw json.RawMessage) error {
	*to = new(T)
	return json.Unmarshal(raw, *to)
}

func readAddress(u *importedUser, raw json.RawMessage) error {
	var address *identity.Address
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&address); err != nil {
		return err
	}
	u.claims = append(u.claims, func(c *identity.Claims) { c.Address = address })
	return nil
}

// importable reports whether a file may have a field of the name.
func importable(name string) bool {
	claim := identity.ClaimNamed(name)
	return name == fieldAttributes || importFields[name] != nil || addressFields[name] != nil || claim != nil && claim.Text != nil
}

// set takes a field of a file in.
func (u *importedUser) set(name string, raw json.RawMessage) error {
	if name == fieldAttributes {
		return u.setAttributes(raw)
	}
	var err error
	if read := importFields[name]; read != nil {
		err = read(u, raw)
	} else {
		var text *string
		if err = readValue(&text, raw); err == nil {
			u.claims = append(u.claims, setText(name, *text))
		}
	}
	if err != nil {
		return identity.InvalidField(name, "Has a value of another type.")
	}
	return nil
}

// setText returns what stores a text as a claim or a part of the address.
func setText(name, text string) func(c *identity.Claims) {
	if part := addressFields[name]; part != nil {
		return func(c *identity.Claims) {
			if c.Address == nil {
				c.Address = &identity.Address{}
			}
			*part(c.Address) = text
		}
	}
	return func(c *identity.Claims) { *identity.ClaimNamed(name).Text(c) = text }
}

// claim takes in a text of another system, unless it has none.
func (u *importedUser) claim(name, text string) {
	if text != "" {
		u.claims = append(u.claims, setText(name, text))
	}
}

// The formats that a file may have.
const (
	ImportJSONLines   ImportFormat = "JSON_LINES"
	ImportCSV         ImportFormat = "CSV"
	ImportKeycloak    ImportFormat = "KEYCLOAK"
	ImportAuth0       ImportFormat = "AUTH0"
	ImportPredecessor ImportFormat = "PREDECESSOR"
)

// ImportFormat is how a file says who the users are.
type ImportFormat string

// hasColumns reports whether the first record of a file names the columns of the others.
func (f ImportFormat) hasColumns() bool { return f == ImportCSV || f == ImportPredecessor }

// readColumns reads the first record of a file that has columns.
func (f ImportFormat) readColumns(r record, declared declaredAttributes) ([]string, error) {
	if f == ImportPredecessor {
		return readCopy(r)
	}
	return readColumns(r, declared)
}

// readUser reads one record. columns are those that the first one has named.
func (f ImportFormat) readUser(r record, columns []string, declared declaredAttributes) (*importedUser, error) {
	switch {
	case r.tooLong:
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The user takes more than %d bytes.", maxRecord)
	case !utf8.Valid(r.text):
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The text is not valid UTF-8.")
	}
	switch f {
	case ImportCSV:
		return readCells(r.text, columns, declared)
	case ImportKeycloak:
		return readKeycloakUser(r.text, declared)
	case ImportAuth0:
		return readAuth0User(r.text, declared)
	case ImportPredecessor:
		return readCopiedUser(r.text, columns)
	case ImportJSONLines:
	}
	return readObject(r.text)
}

var errNoObject = identity.Errorf(identity.Invalid, identity.CodeValidation, "The line is not one JSON object.")

// readObject reads one object whose members are fields. All that is wrong with it is told.
func readObject(text []byte) (*importedUser, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil || members == nil {
		return nil, errNoObject
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names) // address comes before its parts
	var u importedUser
	var faults identity.Faults
	for _, name := range names {
		if !importable(name) {
			faults.Add(identity.Errorf(identity.Invalid, identity.CodeValidation, "There is no field %s.", shortened(name)))
			continue
		}
		faults.Add(u.set(name, members[name]))
	}
	return &u, faults.Err()
}

// shortened bounds and cleans a text that a message repeats.
func shortened(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' {
			return '?'
		}
		return r
	}, text)
	if len(clean) > 40 {
		return clean[:40] + "..."
	}
	return clean
}

// readColumns reads the first record of CSV.
func readColumns(r record, declared declaredAttributes) ([]string, error) {
	columns, err := cells(r.text)
	if err != nil || r.tooLong || !utf8.Valid(r.text) {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The first line must name the columns, separated by commas.")
	}
	parts := false
	for i, name := range columns {
		columns[i] = strings.TrimSpace(name)
		name = columns[i]
		part := declared.column(name)
		if parts = parts || part; !part && (!importable(name) || name == fieldAddress) {
			return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "There is no column %s.", shortened(name))
		}
		if slices.Contains(columns[:i], name) {
			return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The column %s comes twice.", name)
		}
	}
	if parts && slices.Contains(columns, fieldAttributes) {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation,
			"Attributes are either in the column attributes or in columns of their own, such as attributes.badge.")
	}
	return columns, nil
}

func cells(text []byte) ([]string, error) {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	fields, err := reader.Read()
	if err != nil {
		return nil, err
	}
	if _, err := reader.Read(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one record")
	}
	return fields, nil
}

// readCells reads one row. An empty cell says nothing.
func readCells(text []byte, columns []string, declared declaredAttributes) (*importedUser, error) {
	row, err := cells(text)
	if err != nil {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "The row is not CSV: a quote is out of place.")
	}
	if len(row) != len(columns) {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation,
			"The row has %d cells, and there are %d columns.", len(row), len(columns))
	}
	var u importedUser
	var faults identity.Faults
	for i, cell := range row {
		if cell == "" {
			continue
		}
		if runs(columns[i], cell) && !declared.number(columns[i], cell) {
			faults.Add(identity.InvalidField(columns[i], "Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none."))
			continue
		}
		if strings.HasPrefix(columns[i], attributeColumn) {
			u.setCell(declared, columns[i], plainCell(cell))
			continue
		}
		raw := json.RawMessage(strings.ToLower(cell))
		switch {
		case columns[i] == fieldAttributes:
			raw = json.RawMessage(plainCell(cell))
		case !isFlag(columns[i]):
			raw, _ = json.Marshal(plainCell(cell)) // text always marshals
		case string(raw) != "true" && string(raw) != "false":
			faults.Add(identity.InvalidField(columns[i], "Must be true or false."))
			continue
		}
		faults.Add(u.set(columns[i], raw))
	}
	return &u, faults.Err()
}

func isFlag(name string) bool {
	switch name {
	case "active", "verified", "requires_password_change", "phone_number_verified":
		return true
	}
	return false
}

// formulas are how a cell begins that a spreadsheet would run. An export puts an apostrophe before them.
const formulas = "=+-@\t\r"

// runs reports whether a spreadsheet would run a cell. Phone numbers begin like formulas and are none.
func runs(column, cell string) bool {
	return strings.IndexByte(formulas, cell[0]) >= 0 && (column != "phone_number" || strings.Trim(cell, "+0123456789") != "")
}

// plainCell takes the apostrophe away that keeps a spreadsheet from running a cell (harmless).
func plainCell(cell string) string {
	rest := strings.TrimLeft(cell, "'")
	if rest != "" && rest != cell && strings.IndexByte(formulas, rest[0]) >= 0 {
		return cell[1:]
	}
	return cell
}
