package password

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/authly/authly/identity"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	personal := []string{"magdalena", "Lena.Maier@example.org", "bob", "bo@example.org", ""}
	tests := map[string]struct {
		password string
		refusal  string // part of the detail; empty = accepted
	}{
		"long and irregular":             {"plum-tractor-violet", ""},
		"eight characters":               {"vK3#qP9z", ""},
		"eight characters of two bytes":  {"жгфщпыбю", ""},
		"256 characters":                 {strings.Repeat("plum-tractor-via", 16), ""},
		"a short name may be contained":  {"plum-bob-tractor", ""},
		"seven characters":               {"vK3#qP9", "too short"},
		"seven characters of two bytes":  {"жгфщпыб", "too short"},
		"eight code points that combine": {"vK3#qe\u0301e\u0301", "too short"},
		"257 characters":                 {strings.Repeat("plum-tractor-via", 16) + "x", "too long"},
		"1025 bytes":                     {strings.Repeat("ж", 512) + "x", "too long"},
		"a NUL":                          {"plum-tractor\x00violet", "cannot be used"},
		"invalid UTF-8":                  {"plum-tractor\xffviolet", "cannot be used"},
		"the username":                   {"Magdalena", "must not contain"},
		"around the username":            {"plum-MAGDALENA-tractor", "must not contain"},
		"the local part":                 {"plum-lena.maier-tractor", "must not contain"},
		"a whole short address":          {"bo@example.org", "must not contain"},
		"a common password":              {"PassWord1", "most common"},
		"the first of the list":          {"!qaz2wsx", "most common"},
		"a walk on the keyboard":         {"zxcvbnm,./", "too easy"},
		"a repetition":                   {"abcabcabcabc", "too easy"},
		"a date":                         {"19871224", "too easy"},
		"the name of the program":        {"authly2026", "too easy"},
	}
	for name, test := range tests {
		err := Policy{}.Check(test.password, personal...)
		if test.refusal == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		e, ok := errors.AsType[*identity.Error](err)
		if !ok || e.Kind != identity.Invalid || e.Code != identity.CodePasswordPolicy || e.Field != "password" {
			t.Errorf("%s: %v", name, err)
		} else if !strings.Contains(e.Detail, test.refusal) {
			t.Errorf("%s: %s", name, e.Detail)
		}
	}
}

func TestTheListOfCommonPasswords(t *testing.T) {
	t.Parallel()
	entries := strings.Split(strings.Trim(common(), "\n"), "\n")
	if len(entries) < 15000 || !slices.IsSorted(entries) {
		t.Fatalf("%d entries, sorted %v", len(entries), slices.IsSorted(entries))
	}
	for _, entry := range []string{entries[0], entries[len(entries)-1], "password", "iloveyou"} {
		if err := (Policy{}).Check(entry); err == nil || !strings.Contains(err.Error(), "most common") {
			t.Errorf("%s: %v", entry, err)
		}
	}
}

func TestPolicyAtTheSameTime(t *testing.T) {
	t.Parallel()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := (Policy{}).Check("plum-tractor-violet", "magdalena"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestTemporary(t *testing.T) {
	t.Parallel()
	source := identity.SystemSource()
	seen := map[string]bool{}
	firsts := map[string]bool{}
	for range 300 {
		password := Policy{}.Temporary(source)
		if len(password) != 12 || strings.ContainsAny(password, "0Oo1lI") {
			t.Errorf("made %q", password)
		}
		for _, class := range []string{upper, lower, digits, symbols} {
			if !strings.ContainsAny(password, class) {
				t.Errorf("%q has none of %s", password, class)
			}
			if strings.Contains(class, password[:1]) {
				firsts[class] = true
			}
		}
		if err := (Policy{}).Check(password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
		seen[password] = true
	}
	if len(seen) != 300 || len(firsts) != 4 {
		t.Errorf("%d different ones of 300; %d classes in the first place", len(seen), len(firsts))
	}
}

func BenchmarkPolicy(b *testing.B) {
	for name, password := range map[string]string{
		"usual": "plum-tractor-violet", "longest": strings.Repeat("plum-tractor-via", 16), "repeated": strings.Repeat("a", 256),
		"four bytes each": strings.Repeat("\U0001F600", 256), "digits": strings.Repeat("1234567890", 25),
		"substitutions": strings.Repeat("p@$$w0rd4!1|", 20),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = Policy{}.Check(password, "magdalena", "lena.maier@example.org")
			}
		})
	}
}
