package identity

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AuditRecord is an audit event as it is stored, with every column: what the chain covers.
type AuditRecord struct {
	AuditEvent                 // but for Changes
	Stored     json.RawMessage // the column of Changes, whatever it has
	Signature  []byte          // by the server that has written the event; nil by one of before, and by a stranger
}

// SignedText is what the server that writes an event authenticates.
func (r *AuditRecord) SignedText() []byte {
	return append(r.impersonal(), r.personal()...)
}

// impersonal is what stays when the trail forgets a person.
func (r *AuditRecord) impersonal() []byte {
	var c canonical
	client := ""
	if r.ClientID != nil {
		client = r.ClientID.String()
	}
	c.text(r.ID.String())
	c.time(r.OccurredAt)
	for _, text := range []string{
		string(r.ActorKind), r.ActorID, client, string(r.Action), string(r.Target), r.TargetID, string(r.Outcome), r.Reason, r.RequestID,
	} {
		c.text(text)
	}
	return c.Bytes()
}

// personal is what an event says of people.
func (r *AuditRecord) personal() []byte {
	var c canonical
	for _, text := range []string{r.ActorName, r.TargetName, r.IP, r.UserAgent} {
		c.text(text)
	}
	c.json(r.Stored)
	return c.Bytes()
}

// canonical writes values so that different ones are different bytes, and the same ones are the same bytes whichever
// database has stored them.
type canonical struct{ bytes.Buffer }

func (c *canonical) number(n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n)) //nolint:gosec // every number has its own bytes, also a negative one
	c.Write(b[:])
}

func (c *canonical) text(s string) {
	c.number(len(s))
	c.WriteString(s)
}

func (c *canonical) time(t time.Time) { c.number(int(t.UnixMicro())) }

// json writes a document by its meaning. One that cannot be read is written as it is.
func (c *canonical) json(raw json.RawMessage) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		c.WriteByte('?')
		c.text(string(raw))
		return
	}
	c.value(value)
}

func (c *canonical) value(value any) {
	switch v := value.(type) {
	case nil:
		c.WriteByte('n')
	case bool:
		c.WriteByte('b')
		c.text(strconv.FormatBool(v))
	case json.Number:
		c.WriteByte('d')
		c.text(plainDecimal(v.String()))
	case string:
		c.WriteByte('s')
		c.text(v)
	case []any:
		c.WriteByte('a')
		c.number(len(v))
		for _, element := range v {
			c.value(element)
		}
	case map[string]any:
		c.WriteByte('o')
		c.number(len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			c.text(name)
			c.value(v[name])
		}
	}
}

// plainDecimal is a number of JSON in one of its many spellings: the digits that count, and the power of ten. PostgreSQL
// writes 1e2 as 100, SQLite keeps it.
func plainDecimal(text string) string {
	number, negative := strings.CutPrefix(text, "-")
	digits, exponent := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		power, err := strconv.Atoi(number[i+1:])
		if err != nil {
			return text
		}
		digits, exponent = number[:i], power
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	digits, exponent = strings.TrimLeft(whole+fraction, "0"), exponent-len(fraction)
	trimmed := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)
	switch {
	case trimmed == "":
		return "0"
	case negative:
		trimmed = "-" + trimmed
	}
	return trimmed + "e" + strconv.Itoa(exponent)
}
