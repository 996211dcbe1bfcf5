package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Statements of a dump of PostgreSQL, as pg_dump writes them.
var (
	copyUsers   = regexp.MustCompile(`^COPY\s+(?:"?public"?\.)?"?users"?\s*\((.*)\)\s+FROM\s+stdin$`)
	copyAny     = regexp.MustCompile(`(?s)^COPY\s.*\sFROM\s+stdin$`)
	insertUsers = regexp.MustCompile(`^INSERT\s+INTO\s+(?:"?public"?\.)?"?users"?\s`)
	setEncoding = regexp.MustCompile(`^SET\s+client_encoding\s*=\s*'([^']*)'$`)
)

// Why a dump cannot be read on.
var (
	errNoCopy = identity.Errorf(identity.Invalid, identity.CodeValidation,
		"The file has no rows of a table users: make it by pg_dump --table=public.users, without --schema-only.")
	errDumpCut = identity.Errorf(identity.Invalid, identity.CodeValidation,
		"The file ends in the middle: the rows of the table users have no end.")
	errInserts = identity.Errorf(identity.Invalid, identity.CodeValidation,
		"The users are INSERT statements: make the dump without --inserts, --column-inserts and --rows-per-insert.")
)

// copied is the next record of a dump of PostgreSQL: first the statement COPY of the table users, then each of its rows. What
// stands before is read over, and so is all that follows. A place in the file is behind the statement unless it is the beginning.
func (r *recordReader) copied() (record, error) {
	line := r.begin()
	if r.at.Offset <= 3 {
		return r.findCopy()
	}
	switch err := r.restOfLine(true); {
	case errors.Is(err, io.EOF): // a row that is not whole is none
		return record{}, errDumpCut
	case err != nil:
		return record{}, err
	case r.endsCopy():
		return record{}, io.EOF
	}
	return r.done(line), nil
}

// endsCopy reports whether the line that was read ends the rows of a table.
func (r *recordReader) endsCopy() bool { return string(bytes.TrimRight(r.text, "\r\n")) == `\.` }

// findCopy reads to the first row of the table users. Rows of other tables and texts between quotes are what people have
// written: statements are looked for behind them only.
func (r *recordReader) findCopy() (record, error) {
	for {
		err := r.statement()
		if errors.Is(err, io.EOF) {
			return record{}, errNoCopy
		}
		if err != nil {
			return record{}, err
		}
		encoding := setEncoding.FindSubmatch(r.text)
		switch {
		case copyUsers.Match(r.text):
			found := r.done(r.at.Line + 1)
			if err := r.restOfLine(false); err != nil {
				return record{}, errDumpCut
			}
			found.end = r.at
			return found, nil
		case copyAny.Match(r.text):
			err = r.skipCopy()
		case r.long && bytes.HasPrefix(r.text, []byte("COPY")):
			return record{}, errNoCopy
		case insertUsers.Match(r.text):
			return record{}, errInserts
		case encoding != nil && string(encoding[1]) != "UTF8":
			return record{}, identity.Errorf(identity.Invalid, identity.CodeValidation,
				"The dump is in %s: make it with --encoding=UTF8.", shortened(string(encoding[1])))
		}
		if err != nil {
			return record{}, err
		}
	}
}

// skipCopy reads over the rows of a table.
func (r *recordReader) skipCopy() error {
	for {
		r.begin()
		if err := r.restOfLine(true); err != nil {
			return errNoCopy
		}
		if r.endsCopy() {
			return nil
		}
	}
}

func (r *recordReader) restOfLine(keep bool) error {
	for {
		if b, err := r.read(keep); err != nil || b == '\n' {
			return err
		}
	}
}

// statement reads one statement of SQL without its semicolon and comments. Commands of psql (\restrict, \connect) are
// lines between statements.
func (r *recordReader) statement() error {
	r.text, r.long = nil, false
	for {
		b, err := r.read(false)
		if err != nil {
			return err
		}
		switch {
		case b == ';':
			return nil
		case b == '-' && r.follows('-'), b == '\\' && len(r.text) == 0:
			err = r.restOfLine(false)
		case b == '/' && r.follows('*'):
			err = r.comment()
		case b == '\'' || b == '"':
			escapes := b == '\'' && r.escapes()
			r.keep(b)
			err = r.literal(b, escapes)
		case b == '$' && !r.inWord():
			r.keep(b)
			err = r.dollarQuoted()
		case len(r.text) == 0 && strings.IndexByte(" \t\r\n", b) >= 0:
		default:
			r.keep(b)
		}
		if err != nil {
			return err
		}
	}
}

// follows reports whether a byte comes next.
func (r *recordReader) follows(b byte) bool {
	next, _ := r.from.Peek(1) // at the end nothing
	return len(next) == 1 && next[0] == b
}

// inWord reports whether what was read last is part of a name.
func (r *recordReader) inWord() bool {
	return len(r.text) > 0 && isWord(r.text[len(r.text)-1])
}

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b >= 0x80
}

// escapes reports whether a backslash escapes in the literal that begins: E'...'.
func (r *recordReader) escapes() bool {
	at := len(r.text) - 1
	return at >= 0 && (r.text[at] == 'E' || r.text[at] == 'e') && (at == 0 || !isWord(r.text[at-1]))
}

// literal reads to the end of a text or name between quotes, in which two quotes are one.
func (r *recordReader) literal(quote byte, escapes bool) error {
	for escaped := false; ; {
		b, err := r.read(true)
		if err != nil {
			return err
		}
		switch {
		case escaped:
			escaped = false
		case b == '\\' && escapes:
			escaped = true
		case b == quote && r.follows(quote):
			escaped = true
		case b == quote:
			return nil
		}
	}
}

// dollarQuoted reads to the end of a text between dollars ($tag$...$tag$), which may begin here.
func (r *recordReader) dollarQuoted() error {
	ahead, _ := r.from.Peek(64) // a name in PostgreSQL has at most 63 bytes
	end := bytes.IndexByte(ahead, '$')
	if end < 0 || end > 0 && ahead[0] >= '0' && ahead[0] <= '9' ||
		bytes.ContainsFunc(ahead[:end], func(c rune) bool { return c < utf8.RuneSelf && !isWord(byte(c)) }) { //nolint:gosec // ASCII
		return nil
	}
	tag := "$" + string(ahead[:end+1])
	for range end + 1 {
		if _, err := r.read(true); err != nil {
			return err
		}
	}
	for matched := 0; matched < len(tag); {
		b, err := r.read(true)
		if err != nil {
			return err
		}
		switch b {
		case tag[matched]:
			matched++
		case '$': // only its ends are dollars
			matched = 1
		default:
			matched = 0
		}
	}
	return nil
}

// comment reads to the end of a comment between /* and */, which may have others in it. The slash has been read.
func (r *recordReader) comment() error {
	depth, last := 0, byte('/')
	for {
		b, err := r.read(false)
		if err != nil {
			return err
		}
		switch {
		case last == '/' && b == '*':
			depth, b = depth+1, 0
		case last == '*' && b == '/':
			depth, b = depth-1, 0
		}
		if depth == 0 {
			return nil
		}
		last = b
	}
}

var columnName = regexp.MustCompile(`"(?:[^"]|"")*"|[^",\s]+`)

// dumpColumns are those of the predecessor's table users without which nobody is whole: who is not known to be inactive
// must not become active.
var dumpColumns = []string{"id", "username", "email", "password_hash", "is_active", "is_verified", "requires_password_change"}

// readCopy reads the columns that a COPY of the table users names.
func readCopy(r record) ([]string, error) {
	columns := columnName.FindAllString(string(copyUsers.FindSubmatch(r.text)[1]), -1)
	for i := range columns {
		columns[i] = strings.Trim(columns[i], `"`)
	}
	var missing []string
	for _, name := range dumpColumns {
		if !slices.Contains(columns, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation,
			"The table users is not the predecessor's: it lacks %s.", strings.Join(missing, ", "))
	}
	return columns, nil
}

// readCopiedUser reads one row of the predecessor's table users. Whether somebody is an administrator is not read, and a column
// that is null says nothing, or no.
func readCopiedUser(text []byte, columns []string) (*importedUser, error) {
	cells := strings.Split(strings.TrimRight(string(text), "\r\n"), "\t")
	if len(cells) != len(columns) {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation,
			"The row has %d values, and there are %d columns.", len(cells), len(columns))
	}
	var u importedUser
	var faults identity.Faults
	for i, column := range columns {
		value := ""
		if cells[i] != `\N` {
			value = unescaped(cells[i])
		}
		if !utf8.ValidString(value) {
			faults.Add(identity.InvalidField(shortened(column), "Must be valid UTF-8."))
			continue
		}
		faults.Add(u.setColumn(column, value))
	}
	return &u, faults.Err()
}

// setColumn takes a value of the predecessor's table users in.
func (u *importedUser) setColumn(column, value string) error {
	flag := func(to **bool) error {
		if value != "t" && value != "f" && value != "" {
			return identity.InvalidField(column, "Must be t or f.")
		}
		yes := value == "t"
		*to = &yes
		return nil
	}
	switch column {
	case "id":
		id, err := uuid.Parse(value)
		// Nobody gets the id that this server has given to another, ever: its own are of version 7.
		if err != nil || id.Version() != 4 {
			return identity.InvalidField(column, "Must be a UUID of version 4, as the predecessor makes them.")
		}
		u.id = id
	case "username":
		u.username = &value
	case "email":
		u.email = &value
	case "password_hash":
		u.hash = &value
	case "is_active":
		return flag(&u.active)
	case "is_verified":
		return flag(&u.verified)
	case "requires_password_change":
		return flag(&u.requiresChange)
	case "phone_number_verified":
		return flag(&u.phoneNumberKnown)
	case "address":
		return u.setAddress(value)
	default:
		if claim := identity.ClaimNamed(column); claim != nil && claim.Text != nil {
			u.claim(column, value)
		}
	}
	return nil
}

// setAddress takes an address in that is JSON of any form: what the claim has not is left out.
func (u *importedUser) setAddress(value string) error {
	if value == "" {
		return nil
	}
	var address *identity.Address
	if err := json.Unmarshal([]byte(value), &address); err != nil {
		return identity.InvalidField("address", "Has a value of another type.")
	}
	u.claims = append(u.claims, func(c *identity.Claims) { c.Address = address })
	return nil
}

// copyEscapes are what a letter stands for behind a backslash in the rows of COPY.
var copyEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

var copyEscape = regexp.MustCompile(`\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|(?s:.))`)

// unescaped reads a value of the text format of COPY ("COPY", "Text Format", in PostgreSQL's manual).
func unescaped(cell string) string {
	if !strings.Contains(cell, `\`) {
		return cell
	}
	return copyEscape.ReplaceAllStringFunc(cell, func(escape string) string {
		escape = escape[1:]
		base := 8
		if digits := strings.TrimPrefix(escape, "x"); digits != escape && digits != "" {
			escape, base = digits, 16
		}
		if code, err := strconv.ParseUint(escape, base, 16); err == nil {
			return string([]byte{byte(code)}) //nolint:gosec // the low eight bits, as PostgreSQL does
		}
		if b, ok := copyEscapes[escape[0]]; ok {
			return string([]byte{b})
		}
		return escape
	})
}
