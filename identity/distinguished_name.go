package identity

import (
	"cmp"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// nameAttribute is a part of a distinguished name: its type as a dotted object identifier, and its value as it is compared.
type nameAttribute struct{ kind, value string }

// attributeTypes are the short names that may stand for object identifiers (RFC 4514 §3, RFC 4519), in lower case.
var attributeTypes = map[string]string{
	"cn": "2.5.4.3", "sn": "2.5.4.4", "serialnumber": "2.5.4.5", "c": "2.5.4.6", "l": "2.5.4.7", "st": "2.5.4.8", "street": "2.5.4.9",
	"o": "2.5.4.10", "ou": "2.5.4.11", "title": "2.5.4.12", "businesscategory": "2.5.4.15", "postalcode": "2.5.4.17",
	"givenname": "2.5.4.42", "gn": "2.5.4.42", "initials": "2.5.4.43", "dnqualifier": "2.5.4.46", "pseudonym": "2.5.4.65",
	"organizationidentifier": "2.5.4.97", "uid": "0.9.2342.19200300.100.1.1", "dc": "0.9.2342.19200300.100.1.25",
	"emailaddress": "1.2.840.113549.1.9.1", "e": "1.2.840.113549.1.9.1",
}

var objectIdentifier = regexp.MustCompile(`^[0-2](\.(0|[1-9][0-9]*))+$`)

// parseName reads a distinguished name as it is written (RFC 4514 §3): the part that is nearest to the subject first. Spaces around
// parts mean nothing, as many programs write them.
func parseName(text string) (name [][]nameAttribute, ok bool) {
	var part []nameAttribute
	for {
		label, rest, found := strings.Cut(text, "=")
		label = strings.ToLower(strings.Trim(label, " "))
		kind := attributeTypes[label]
		if objectIdentifier.MatchString(label) {
			kind = label
		}
		value, end, ok := parseNameValue(rest)
		if !found || kind == "" || !ok || value == "" {
			return nil, false
		}
		part = append(part, nameAttribute{kind, value})
		if end == len(rest) || rest[end] == ',' {
			name, part = append(name, sortedPart(part)), nil
		}
		if end == len(rest) {
			return name, true
		}
		text = rest[end+1:]
	}
}

// parseNameValue reads the value that a text begins with, and where it ends: at a separator that is not escaped.
func parseNameValue(text string) (value string, end int, ok bool) {
	if start := strings.TrimLeft(text, " "); strings.HasPrefix(start, "#") {
		end = strings.IndexAny(text, ",+")
		if end < 0 {
			end = len(text)
		}
		value, ok = encodedValue(strings.Trim(text[:end], " ")[1:])
		return value, end, ok
	}
	var raw []byte
	for end = 0; end < len(text); end++ {
		switch c := text[end]; {
		case c == ',' || c == '+':
			return foldNameValue(string(raw)), end, utf8.Valid(raw)
		case strings.IndexByte("\"<>;\x00", c) >= 0:
			return "", 0, false
		case c != '\\':
			raw = append(raw, c)
		case end+1 < len(text) && strings.IndexByte(` "#+,;<=>\`, text[end+1]) >= 0:
			end++
			raw = append(raw, text[end])
		default:
			if end+2 >= len(text) {
				return "", 0, false
			}
			octet, err := hex.DecodeString(text[end+1 : end+3])
			if err != nil {
				return "", 0, false
			}
			raw = append(raw, octet...)
			end += 2
		}
	}
	return foldNameValue(string(raw)), end, utf8.Valid(raw)
}

// encodedValue reads a value that is written as the hexadecimal form of its encoding (RFC 4514 §2.4).
func encodedValue(text string) (string, bool) {
	der, err := hex.DecodeString(text)
	if err != nil {
		return "", false
	}
	var value any
	rest, err := asn1.Unmarshal(der, &value)
	known, isText := value.(string)
	return foldNameValue(known), err == nil && isText && len(rest) == 0
}

// foldNameValue brings a value into the form in which equal ones are the same: spaces that mean nothing are left out (RFC 4518
// §2.6.1), and letters of ASCII lose their case, as all types above are compared (caseIgnoreMatch, RFC 4517 §4.2.11). Other letters
// are left as they are: that two look alike is no reason to take one for the other.
func foldNameValue(value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ' ' })
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, strings.Join(words, " "))
}

// sortedPart orders the attributes of one part, which have no order (RFC 4514 §2.2).
func sortedPart(part []nameAttribute) []nameAttribute {
	slices.SortFunc(part, func(a, b nameAttribute) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.value, b.value))
	})
	return part
}

// sameName reports whether a name as it is written is that of an encoded one (distinguishedNameMatch, RFC 4517 §4.2.15), which is
// encoded the other way round (RFC 4514 §2.1).
func sameName(text string, encoded []byte) bool {
	want, ok := parseName(text)
	var sequence pkix.RDNSequence
	rest, err := asn1.Unmarshal(encoded, &sequence)
	if !ok || err != nil || len(rest) > 0 {
		return false
	}
	var have [][]nameAttribute
	for _, set := range slices.Backward(sequence) {
		var part []nameAttribute
		for _, a := range set {
			value, isText := a.Value.(string)
			if !isText {
				return false
			}
			part = append(part, nameAttribute{a.Type.String(), foldNameValue(value)})
		}
		have = append(have, sortedPart(part))
	}
	return slices.EqualFunc(want, have, slices.Equal[[]nameAttribute])
}
