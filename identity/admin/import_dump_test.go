package admin

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

// dumped splits a dump into its records, reading on from a place in it, and says how it ended.
func dumped(dump string, from position) ([]record, error) {
	reader := newRecordReader(strings.NewReader(dump[from.Offset:]), from, ImportPredecessor)
	var records []record
	for {
		r, err := reader.next()
		if err != nil {
			return records, err
		}
		records = append(records, r)
	}
}

// TestTheRowsOfUsersAreFoundInADump: behind whatever looks like them, in texts that people have written.
func TestTheRowsOfUsersAreFoundInADump(t *testing.T) {
	t.Parallel()
	const header, rows = "COPY public.users (id, username) FROM stdin;\n", "1\tann\n2\tben\n\\.\nCOPY public.users (id) FROM stdin;\n3\n\\.\n"
	for name, before := range map[string]string{
		"nothing":         "",
		"a mark":          "\xef\xbb\xbf",
		"comments":        "-- it's; " + header + "/* a /* b */ ' ; */ SELECT 1;\n",
		"psql":            "\\restrict it's\n\\connect old\n",
		"another table":   "COPY public.clients (id, name) FROM stdin;\n" + header + "\\\\.\n\\.x\n\\.\n",
		"another schema":  "COPY auth.users (id) FROM stdin;\n7\n\\.\n",
		"another name":    "COPY public.users_old (id) FROM stdin;\n7\n\\.\n",
		"to a file":       "COPY public.users (id) TO stdout;\n",
		"a text":          "INSERT INTO a VALUES ('it''s \\', ';\n" + header + "');\n",
		"an escaped text": "INSERT INTO a VALUES (E'it\\'s '';\n" + header + "', 1);\n",
		"a name":          "COMMENT ON TABLE \"a\"\";\n" + header + "\" IS NULL;\n",
		"a function":      "CREATE FUNCTION a() AS $$\n" + header + "$a$;$$;\nCREATE FUNCTION b() AS $b_1$;\n" + header + "$$ $b$ $b_1$;\n",
		"no function":     "SELECT a$b$ FROM c WHERE d = $1;\n",
		"a long text":     "SELECT '" + strings.Repeat("x", maxRecord) + "';\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records, err := dumped(before+header+rows, position{})
			var got []string
			for _, r := range records {
				got = append(got, string(r.text))
			}
			want := []string{strings.TrimSuffix(header, ";\n"), "1\tann\n", "2\tben\n"}
			if diff := cmp.Diff(want, got); diff != "" || !errors.Is(err, io.EOF) {
				t.Fatalf("%v\n%s", err, diff)
			}
			if line := strings.Count(before, "\n") + 2; records[1].line != line {
				t.Errorf("the first row is on line %d, not %d", records[1].line, line)
			}
		})
	}
}

func TestWhatIsNoDumpOfUsersSaysWhatToDo(t *testing.T) {
	t.Parallel()
	const header = "COPY public.users (id) FROM stdin;\n"
	for dump, want := range map[string]*identity.Error{
		"SELECT 1;\n":                              errNoCopy,
		"{\"username\":\"ann\"}\n":                 errNoCopy,
		"COPY public.a (b) FROM stdin;\n1\n":       errNoCopy,
		"SELECT 'a\n" + header:                     errNoCopy,
		"SELECT $$\n" + header:                     errNoCopy,
		"/* " + header:                             errNoCopy,
		header[:20]:                                errNoCopy,
		strings.TrimSuffix(header, "\n"):           errDumpCut,
		header:                                     errDumpCut,
		header + "1\n2":                            errDumpCut,
		header + "1\n\\":                           errDumpCut,
		"INSERT INTO public.users VALUES ('1');\n": errInserts,
		"INSERT INTO \"public\".\"users\" (\"id\") VALUES ('1');\n":                     errInserts,
		"COPY public.a (" + strings.Repeat("b", maxRecord) + ") FROM stdin;\n" + header: errNoCopy,
	} {
		if _, err := dumped(dump, position{}); identity.AsError(err).Message() != want.Message() { // they have one code
			t.Errorf("%.40q: %v", dump, err)
		}
	}
	_, err := dumped("SET client_encoding = 'LATIN1';\n"+header+"\\.\n", position{})
	if got := identity.AsError(err).Message(); got != "The dump is in LATIN1: make it with --encoding=UTF8." {
		t.Error(got)
	}
}

func TestAColumnThatIsNotThereFailsTheDump(t *testing.T) {
	t.Parallel()
	columns := func(names string) ([]string, error) {
		return readCopy(record{text: []byte(`COPY "public"."users" (` + names + `) FROM stdin`)})
	}
	_, err := columns("id, username, email, created_at")
	if got := identity.AsError(err).Message(); got !=
		"The table users is not the predecessor's: it lacks password_hash, is_active, is_verified, requires_password_change." {
		t.Error(got)
	}
	got, err := columns(`"requires_password_change", id, "odd, name", username, email, password_hash, is_active, is_verified`)
	if err != nil || len(got) != 8 || got[0] != "requires_password_change" || got[2] != "odd, name" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestTheValuesOfADumpAreRead as PostgreSQL writes them: null is not a text of the same letters.
func TestTheValuesOfADumpAreRead(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"plain": "plain", `a\tb\nc\rd\be\ff\vg`: "a\tb\nc\rd\be\ff\vg", `\\N`: `\N`, `\\\\`: `\\`, `\101\x41\x4g`: "AA\x04g", `\x\q\é`: "xqé", `a\`: `a\`, "": "",
	} {
		if got := unescaped(cell); got != want {
			t.Errorf("%q is %q", cell, got)
		}
	}
	columns := []string{"username", "given_name", "is_active", "phone_number_verified", "address", "created_at"}
	u, err := readCopiedUser([]byte("ann\t\\N\tf\t\\N\t{\"country\": \"Norway\", \"planet\": 1}\tnow\r\n"), columns)
	if err != nil {
		t.Fatal(err)
	}
	n := u.create()
	if n.Username != "ann" || n.Claims.GivenName != "" || !n.Inactive || n.Claims.PhoneNumberVerified || n.Claims.Address.Country != "Norway" {
		t.Errorf("%+v", n)
	}
	for row, want := range map[string]string{
		"ann\t\\N\tf":                         "The row has 3 values, and there are 6 columns.",
		"":                                    "The row has 1 values, and there are 6 columns.",
		"ann\t\\377\ttrue\t\\N\t[]\tnow":      "given_name must be valid UTF-8. is_active must be t or f. address has a value of another type.",
		"ann\t\\N\tt\t\\N\t{\"country\":1}\t": "address has a value of another type.",
	} {
		if _, err := readCopiedUser([]byte(row), columns); identity.Messages(err) != want {
			t.Errorf("%q: %v", row, identity.Messages(err))
		}
	}
	for _, id := range []string{"", "7", "019ca945-0a00-7cde-be84-02476142058a"} { // the last as this server makes them
		if _, err := readCopiedUser([]byte(id), []string{"id"}); identity.AsError(err).Field != "id" {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// FuzzDump: whatever a dump has, it is split in time that grows with its length, and from each row on it is read as from the
// beginning, as another node does.
func FuzzDump(f *testing.F) {
	const header = "COPY public.users (id, username) FROM stdin;\n"
	for _, seed := range []string{
		"", header, header + "1\tann\n\\N\t\\101\n\\.\n", "-- a\n/* b */ SELECT 'it''s', E'\\'', $a$ $ $a$;\n" + header + "\\.\n",
		"COPY a (b) FROM stdin;\n\\.\n" + header + "1\t2\r\n\\.\r\n", "\\restrict x\nINSERT INTO public.users VALUES (1);", "/*/**/", "$$", "$a", `"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, dump string) {
		growth.Linear(t, growth.Repeated(dump, ""), func(text string) { _, _ = dumped(text, position{}) })
		records, fault := dumped(dump, position{})
		for i, r := range records {
			if len(r.text) > maxRecord {
				t.Fatalf("a record of %d bytes", len(r.text))
			}
			if i > 0 {
				_, _ = readCopiedUser(r.text, []string{"username", "address"})
			}
			rest, again := dumped(dump, r.end)
			same := slices.EqualFunc(records[i+1:], rest, func(a, b record) bool {
				return string(a.text) == string(b.text) && a.line == b.line && a.end == b.end
			})
			if !same || again.Error() != fault.Error() {
				t.Fatalf("%q from %+v: %v, %v", dump, r.end, rest, again)
			}
		}
	})
}
