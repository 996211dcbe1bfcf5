package identity

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"
)

// encodedName encodes attributes, each of them a part, in the order of certificates.
func encodedName(t *testing.T, parts ...[]pkix.AttributeTypeAndValue) []byte {
	t.Helper()
	var sequence pkix.RDNSequence
	for _, part := range parts {
		sequence = append(sequence, part)
	}
	der, err := asn1.Marshal(sequence)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func attribute(value string, oid ...int) pkix.AttributeTypeAndValue {
	return pkix.AttributeTypeAndValue{Type: oid, Value: value}
}

// TestNamesAreComparedByTheirParts: RFC 4514 §2 and §3 with the examples of its §4, and RFC 4517 §4.2.15.
func TestNamesAreComparedByTheirParts(t *testing.T) {
	t.Parallel()
	dc := []int{0, 9, 2342, 19200300, 100, 1, 25}
	domain := [][]pkix.AttributeTypeAndValue{{attribute("net", dc...)}, {attribute("example", dc...)}}
	smith := encodedName(t, append(domain, []pkix.AttributeTypeAndValue{attribute("Sales", 2, 5, 4, 11), attribute("J.  Smith", 2, 5, 4, 3)})...)
	special := encodedName(t, append(domain, []pkix.AttributeTypeAndValue{attribute(`James "Jim" Smith, III`, 2, 5, 4, 3)})...)
	accented := encodedName(t, []pkix.AttributeTypeAndValue{attribute("Lu\u010di\u0107", 2, 5, 4, 3)})
	hash := encodedName(t, []pkix.AttributeTypeAndValue{attribute("#1 Shop", 2, 5, 4, 3)})
	for name, c := range map[string]struct {
		text    string
		encoded []byte
		same    bool
	}{
		"as in RFC 4514":               {"OU=Sales+CN=J.  Smith,DC=example,DC=net", smith, true},
		"a part has no order":          {"CN=J. Smith+OU=Sales,DC=example,DC=net", smith, true},
		"no case":                      {"ou=SALES+cn=j. smith,dc=Example,dc=NET", smith, true},
		"spaces around parts":          {" OU = Sales + CN = J. Smith , DC = example , DC = net ", smith, true},
		"dotted types":                 {"2.5.4.11=Sales+2.5.4.3=J. Smith,0.9.2342.19200300.100.1.25=example,DC=net", smith, true},
		"the other way round":          {"DC=net,DC=example,OU=Sales+CN=J. Smith", smith, false},
		"parts of their own":           {"OU=Sales,CN=J. Smith,DC=example,DC=net", smith, false},
		"one part less":                {"OU=Sales+CN=J. Smith,DC=example", smith, false},
		"one attribute less":           {"CN=J. Smith,DC=example,DC=net", smith, false},
		"another type":                 {"OU=Sales+O=J. Smith,DC=example,DC=net", smith, false},
		"escaped characters":           {`CN=James \"Jim\" Smith\, III,DC=example,DC=net`, special, true},
		"escaped octets":               {`CN=James \22Jim\22 Smith\2c III,DC=example,DC=net`, special, true},
		"a separator without escape":   {`CN=James \"Jim\" Smith, III,DC=example,DC=net`, special, false},
		"octets of UTF-8":              {`CN=Lu\C4\8Di\C4\87`, accented, true},
		"UTF-8":                        {"CN=Lu\u010di\u0107", accented, true},
		"letters that look alike":      {"CN=Lucic", accented, false},
		"hexadecimal":                  {"CN=#0C0723312053686F70", hash, true},
		"an escaped number sign":       {`CN=\#1 Shop`, hash, true},
		"a number sign without escape": {"CN=#1 Shop", hash, false},
		"more after the hexadecimal":   {"CN=#0C0723312053686F7000", hash, false},
		"hexadecimal of no text":       {"CN=#020101", hash, false},
	} {
		if got := sameName(c.text, c.encoded); got != c.same {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, text := range []string{
		"", "CN", "CN=", "=a", "CN=a,", "CN=a+", ",CN=a", "CN=a,,C=b", "CN=a;C=b", `CN="a"`, `CN=a\`, `CN=a\4`, `CN=a\zz`, `CN=\ff`, "CN=<a>",
		"XY=a", "1=a", "3.1=a", "2.05=a", "CN=a\x00", "CN= ", "CN=#", "CN=#0", "oid.2.5.4.3=a",
	} {
		if name, ok := parseName(text); ok {
			t.Errorf("%q is read as %v", text, name)
		}
	}
	if sameName("CN=a", []byte("x")) || sameName("CN=a", encodedName(t)) {
		t.Error("what is no name has one")
	}
}

// FuzzDistinguishedName: whatever is registered is read in time, and what is a name is one however often it is read.
func FuzzDistinguishedName(f *testing.F) {
	f.Add(`OU=Sales+CN=J.  Smith\2c,DC=example,2.5.4.3=#0C0723312053686F70`)
	f.Fuzz(func(t *testing.T, text string) {
		name, ok := parseName(text)
		for _, part := range name {
			for _, a := range part {
				if a.kind == "" || a.value == "" || strings.Trim(a.value, " ") != a.value {
					t.Errorf("%q has %+v", text, a)
				}
			}
		}
		if ok != (len(name) > 0) {
			t.Errorf("%q: %v, %v", text, name, ok)
		}
	})
}
