package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// transfer is what a signed link says.
func transfer(t testing.TB, method string, link *admin.SignedLink) identity.TransferLink {
	t.Helper()
	u, err := url.Parse(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	return identity.ReadTransferLink(method, path.Base(u.Path), u.Query())
}

// upload sends the file of an import.
func (f *fixture) upload(t testing.TB, job identity.Transfer, file io.Reader) error {
	t.Helper()
	link, err := f.admin.Transfers.UploadLink(f.ctx, job)
	if err != nil || link == nil {
		t.Fatal(link, err)
	}
	_, err = f.Transfers.Receive(t.Context(), transfer(t, http.MethodPut, link), file, func() {})
	return err
}

// work runs one job of an import, if one is due.
func (f *fixture) work(t testing.TB) bool {
	t.Helper()
	job, found, err := f.Jobs.Claim(f.ctx, []string{
		string(identity.TransferUserImport), string(identity.TransferUserExport), string(identity.TransferAuditExport),
		string(identity.TransferUserData),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found {
		if end, err := f.Jobs.Run(f.ctx, job); err != nil || end != identity.JobSucceeded {
			t.Fatal(end, err)
		}
	}
	return found
}

// imported imports a file and returns how it went.
func (f *fixture) imported(ctx context.Context, t testing.TB, options admin.ImportUsers, file string) identity.Transfer {
	t.Helper()
	job, err := f.admin.Transfers.ImportUsers(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.upload(t, job, strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	for f.work(t) {
	}
	return f.transfer(t, job.ID)
}

func (f *fixture) transfer(t testing.TB, id uuid.UUID) identity.Transfer {
	t.Helper()
	job, err := f.admin.Transfers.Get(f.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// failures says of each refused row its line, field and message.
func (f *fixture) failures(t testing.TB, job identity.Transfer) []string {
	t.Helper()
	found, err := f.admin.Transfers.Failures(f.ctx, []uuid.UUID{job.ID}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range found[job.ID] {
		list = append(list, fmt.Sprintf("%d %s: %s", row.Line, row.Field, row.Detail))
	}
	return list
}

func (f *fixture) named(t testing.TB, username string) identity.User {
	t.Helper()
	user, err := f.store.UserByUsername(t.Context(), username)
	if err != nil {
		t.Fatal(username, err)
	}
	return user
}

var (
	jsonLines = admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportInsert}
	rowsOfCSV = admin.ImportUsers{Format: admin.ImportCSV, Mode: admin.ImportInsert}

	rowsOfDump = admin.ImportUsers{Format: admin.ImportPredecessor, Mode: admin.ImportInsert}
)

func TestAnImportAddsTheUsersOfAFile(t *testing.T) {
	t.Parallel()
	hash, _ := json.Marshal(hashed()) // text always marshals
	for name, file := range map[string]struct {
		options admin.ImportUsers
		text    string
	}{
		"JSON Lines": {jsonLines, "\xef\xbb\xbf" + `{"username":"ann","email":"ann@example.org","password_hash":` + string(hash) + `,"verified":true,` +
			`"given_name":"Änn","phone_number":"+4912345","phone_number_verified":true,"address":{"locality":"Oslo"}}` + "\r\n\n" +
			`{"username":"ben","email":"ben@example.org","active":false,"requires_password_change":true,"address.country":"Norway"}`},
		"CSV": {rowsOfCSV, "\xef\xbb\xbfusername,email,password_hash,verified,active,given_name,phone_number,phone_number_verified," +
			"address.locality,address.country,requires_password_change\r\n" +
			"ann,ann@example.org,\"" + hashed() + "\",TRUE,,Änn,+4912345,true,Oslo,,\r\n" +
			"ben,ben@example.org,,,false,,,,,Norway,true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			job := f.imported(f.ctx, t, file.options, file.text)
			if job.State != identity.TransferSucceeded || job.Counts != (identity.TransferCounts{Processed: 2, Created: 2}) ||
				admin.TransferProgress(job) != 100 || job.FinishedAt == nil || job.ExpiresAt == nil {
				t.Fatalf("%+v %v", job, f.failures(t, job))
			}
			ann, ben := f.named(t, "ann"), f.named(t, "ben")
			if !ann.Active || !ann.Verified || ann.Password.Hash != hashed() || ann.Claims.GivenName != "Änn" || ann.Claims.Address.Locality != "Oslo" ||
				!ann.Claims.PhoneNumberVerified || ann.RequiresPasswordChange || ann.Version != 1 || ann.CreatedBy != "operator" {
				t.Errorf("%+v", ann)
			}
			if ben.Active || ben.Verified || ben.Password.Hash != "" || ben.Password.ChangedAt != nil || !ben.RequiresPasswordChange ||
				ben.Claims.Address.Country != "Norway" {
				t.Errorf("%+v", ben)
			}
			f.verify(t, "ann", passphrase)
			for action, want := range map[identity.Action]int{
				identity.ActionUserCreated: 2, identity.ActionJobCreated: 1, identity.ActionJobStarted: 1, identity.ActionJobFinished: 1,
			} {
				if n := f.events(t, action); n != want {
					t.Errorf("%s: %d events", action, n)
				}
			}
			if data, err := f.store.Chunk(t.Context(), job.UploadID, 0); err != nil || data != nil {
				t.Errorf("the file is still there: %d bytes, %v", len(data), err)
			}
		})
	}
}

// events counts what the trail says of an action.
func (f *fixture) events(t testing.TB, action identity.Action) int {
	t.Helper()
	q := identity.AuditQuery{Filter: identity.AuditFilter{Actions: []identity.Action{action}}}
	n, err := f.store.CountAuditEvents(t.Context(), q, 10)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// verify signs a person in by password.
func (f *fixture) verify(t testing.TB, username, secret string) {
	t.Helper()
	proof, err := f.deps.Hasher.Verify(t.Context(), secret, f.named(t, username).Password.Hash)
	if err != nil || !proof.OK {
		t.Errorf("the password of %s: %+v, %v", username, proof, err)
	}
}

// TestBadRowsOfAnImportAreNamed: each fails by itself, with its line, and the others are imported.
func TestBadRowsOfAnImportAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options admin.ImportUsers
		file    string
		want    []string
		created int
	}{
		"JSON Lines": {jsonLines, strings.Join([]string{
			`{"username":"ann","email":"ann@example.org"}`,
			`{"username":"ann"`,
			`["ann"]`,
			`{"username":"ANN","email":"Ann@Example.org"}`,
			`{"username":"x","email":"nobody","birthdate":"soon"}`,
			`{"username":"ben","email":"ben@example.org","password":"secret","admin":true}`,
			`{"username":7,"email":"ben@example.org"}`,
			`{"username":"ben","email":"ben@example.org","given_name":"` + "\xff" + `"}`,
			`{"username":"ben","email":"ben@example.org","given_name":"` + strings.Repeat("x", 70_000) + `"}`,
			`{"username":"ben","email":"ben@example.org","password_hash":"plain"}`,
			`{"username":"ben","email":"ben@example.org","address":{"planet":"Mars"}}`,
			`{"username":"be\u0000n","email":"ben@example.org"}`,
			`{"username":"ben","email":"ben@example.org"}`,
		}, "\n"), []string{
			"2 : The line is not one JSON object.", "3 : The line is not one JSON object.", "4 username: This username is taken. This e-mail address is taken.",
			"5 username: username must be 3 to 64 letters, digits, underscores, dots or hyphens. " +
				"email must be a valid e-mail address of at most 254 characters. birthdate must be YYYY-MM-DD, 0000-MM-DD or YYYY.",
			"6 : There is no field admin. There is no field password.", "7 username: username has a value of another type.", "8 : The text is not valid UTF-8.",
			"9 : The user takes more than 65536 bytes.",
			"10 password_hash: password_hash must be a hash of argon2id, bcrypt, scrypt, PBKDF2 or Firebase scrypt, within the bounds.",
			"11 address: address has a value of another type.", "12 username: username must be 3 to 64 letters, digits, underscores, dots or hyphens.",
		}, 2},
		"CSV": {rowsOfCSV, "username,email,verified,given_name,phone_number\n" +
			"ann,ann@example.org,true,\"A\nnn\",+4912345\n" + // two lines
			"ben,ben@example.org\n" +
			"ben,ben@example.org,maybe,,\n" +
			"ben,ben@example.org,,\"=HYPERLINK(\"\"http://evil\"\")\",\n" +
			"ben,ben@example.org,,@SUM(A1),\n" +
			"ben,ben@example.org,,\"Ben\" x,\n" +
			"ben,ben@example.org,,,+1+cmd\n" +
			"ben,ben@example.org,,'=one,\n", []string{
			"2 given_name: given_name must not have control characters.",
			"4 : The row has 2 cells, and there are 5 columns.", "5 verified: verified must be true or false.",
			"6 given_name: given_name: Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none.",
			"7 given_name: given_name: Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none.",
			"8 : The row is not CSV: a quote is out of place.",
			"9 phone_number: phone_number: Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none.",
		}, 1},
		"a dump": {rowsOfDump, dumpOf(
			dumpRow(1, "ann"), "", dumpRow(2, "Ann"), dumpRow(1, "ben"), dumpRow(3, "ben")+"\tx",
			strings.Replace(dumpRow(3, "ben"), "-4000-", "-7000-", 1), strings.Replace(dumpRow(3, "ben"), "$argon2id", "md5", 1),
			dumpRow(3, strings.Repeat("b", 70_000)), dumpRow(3, "b\\xffn"), dumpRow(3, "ben"),
		), []string{
			"4 : The row has 1 values, and there are 7 columns.",
			"5 username: This username is taken. This e-mail address is taken.", "6 id: id is the id of another user.",
			"7 : The row has 8 values, and there are 7 columns.", "8 id: id must be a UUID of version 4, as the predecessor makes them.",
			"9 password_hash: password_hash must be a hash of argon2id, bcrypt, scrypt, PBKDF2 or Firebase scrypt, within the bounds.",
			"10 : The user takes more than 65536 bytes.", "11 username: username must be valid UTF-8. email must be valid UTF-8.",
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			job := f.imported(f.ctx, t, c.options, c.file)
			if diff := cmp.Diff(c.want, f.failures(t, job)); diff != "" {
				t.Error(diff)
			}
			want := identity.TransferCounts{Processed: len(c.want) + c.created, Created: c.created, Failed: len(c.want)}
			if job.State != identity.TransferSucceeded || job.Counts != want {
				t.Errorf("%+v", job)
			}
		})
	}
}

// dumpOf is a dump of the predecessor's users: its rows begin on the third line.
func dumpOf(rows ...string) string {
	return "--\nCOPY public.users (id, username, email, password_hash, is_active, is_verified, requires_password_change) FROM stdin;\n" +
		strings.Join(rows, "\n") + "\n\\.\n"
}

func dumpRow(n int, name string) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012d\t%s\t%s@example.org\t%s\tt\tf\tf", n, name, name, hashed())
}

// TestADumpIsReadInPortions: who is new keeps the id that clients know, and who is there already the one that they have here.
func TestADumpIsReadInPortions(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	old := f.user(t, "user700", administrator)
	var rows []string
	for n := range 1200 {
		rows = append(rows, dumpRow(n, fmt.Sprintf("user%d", n)))
	}
	upsert := admin.ImportUsers{Format: admin.ImportPredecessor, Mode: admin.ImportUpsertByUsername}
	job := f.imported(f.ctx, t, upsert, dumpOf(rows...))
	if job.Counts != (identity.TransferCounts{Processed: 1200, Created: 1199, Updated: 1}) {
		t.Errorf("%+v %v", job, f.failures(t, job))
	}
	if got := f.named(t, "user700"); got.ID != old.ID || !got.Admin {
		t.Errorf("%+v", got)
	}
	if got := f.named(t, "user7"); got.ID != uuid.MustParse("00000000-0000-4000-8000-000000000007") || got.Password.Hash != hashed() {
		t.Errorf("%+v", got)
	}
	job = f.imported(f.ctx, t, rowsOfDump, dumpOf(dumpRow(7, "other"), dumpRow(1300, "other")))
	if diff := cmp.Diff([]string{"3 id: id is the id of another user."}, f.failures(t, job)); diff != "" || job.Counts.Created != 1 {
		t.Errorf("%+v %s", job.Counts, diff)
	}
}

// TestWhatIsNoListOfUsersFailsAsAWhole says of each file that is wrong from the beginning what it is.
func TestWhatIsNoListOfUsersFailsAsAWhole(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.TransferMaxSize = 2 << 20 })
	job, err := f.admin.Transfers.ImportUsers(f.ctx, jsonLines)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file io.Reader
		want string
	}{
		"gzip":      {strings.NewReader("\x1f\x8b\x08bomb"), "The file is compressed by gzip: send it as it is."},
		"workbook":  {strings.NewReader("PK\x03\x04"), "The file is a ZIP archive or a spreadsheet: save it as CSV in UTF-8."},
		"dump":      {strings.NewReader("PGDMP\x01"), "The file is a dump in the custom format of PostgreSQL: make it text by pg_restore --file=users.sql."},
		"tar":       {strings.NewReader("toc.dat\x00"), "The file is a dump in the tar format of PostgreSQL: make it text by pg_restore --file=users.sql."},
		"UTF-16":    {strings.NewReader("\xff\xfea\x00"), "The file is UTF-16: save it in UTF-8."},
		"binary":    {strings.NewReader("a\x00b"), "The file is no text: it has NUL bytes."},
		"empty":     {strings.NewReader(""), "The file is empty."},
		"too large": {io.LimitReader(endless{}, 1<<40), "The file is larger than 2 MiB."},
		"broken":    {io.MultiReader(strings.NewReader("{}"), broken{}), "The upload was broken off."},
	} {
		if err := f.upload(t, job, c.file); identity.AsError(err).Message() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for file, want := range map[string]string{
		"shoe,email\n": "There is no column shoe.", "email,email\n": "The column email comes twice.", "\xff\n": "The first line must name the columns, separated by commas.",
		"admin,username\n": "There is no column admin.",
	} {
		if job := f.imported(f.ctx, t, rowsOfCSV, file); job.State != identity.TransferFailed || job.Error != want {
			t.Errorf("%q: %+v", file, job)
		}
	}
	if job := f.imported(f.ctx, t, rowsOfDump, "INSERT INTO public.users VALUES ('1');\n"); job.State != identity.TransferFailed ||
		!strings.HasPrefix(job.Error, "The users are INSERT statements") {
		t.Errorf("a dump of statements: %+v", job)
	}
	if job := f.transfer(t, job.ID); job.State != identity.TransferWaiting {
		t.Errorf("the job that got no file is %s", job.State)
	}
}

// endless is a line without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestALinkServesItsJobForAWhile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	job, err := f.admin.Transfers.ImportUsers(f.ctx, jsonLines)
	if err != nil {
		t.Fatal(err)
	}
	other, err := f.admin.Transfers.ImportUsers(f.ctx, jsonLines)
	if err != nil {
		t.Fatal(err)
	}
	link, err := f.admin.Transfers.UploadLink(f.ctx, job)
	if err != nil {
		t.Fatal(err)
	}
	good := transfer(t, http.MethodPut, link)
	get, elsewhere, longer := good, good, good
	get.Method, elsewhere.ID, longer.Expires = http.MethodGet, other.ID, good.Expires.Add(time.Second)
	send := func(link identity.TransferLink) string {
		_, err := f.Transfers.Receive(t.Context(), link, strings.NewReader(`{"username":"ann","email":"ann@example.org"}`), func() {})
		if err == nil {
			return ""
		}
		return identity.AsError(err).Message()
	}
	for name, wrong := range map[string]identity.TransferLink{
		"another method": get, "another job": elsewhere, "another end": longer, "nothing": identity.ReadTransferLink(http.MethodPut, "x", nil),
	} {
		if got := send(wrong); got != "The link is not valid." {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := send(good); got != "" {
		t.Error(got)
	}
	if got := send(good); got != "The job does not wait for a file." {
		t.Errorf("a second time: %q", got)
	}
	f.advance(identity.TransferLinkTTL)
	if got := send(good); got != "The link has expired." {
		t.Errorf("too late: %q", got)
	}
}

func TestAnImportChangesWhoIsThereAlready(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "ann", func(n *admin.NewUser) { n.Claims.GivenName, n.Claims.FamilyName = "Ann", "Lee" })
	f.user(t, "ben", func(n *admin.NewUser) { n.Admin = true })
	f.user(t, "cat")
	clerk := f.by(t, f.user(t, "clerk", administrator), identity.ScopeUsersWrite)
	file := `{"username":"ANN","email":"ann@example.org","family_name":"Kay","password_hash":` + string(mustJSON(t, hashed())) + "}\n" +
		`{"username":"ben","email":"ben@example.org","active":false}` + "\n" +
		`{"username":"cat","email":"cat@example.org"}` + "\n" +
		`{"username":"dan","email":"cat@example.org"}` + "\n" +
		`{"username":"eve","email":"eve@example.org"}` + "\n" +
		`{"username":"eve","email":"eve@example.org","nickname":"E"}`
	job := f.imported(clerk, t, admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportUpsertByUsername}, file)
	if want := (identity.TransferCounts{Processed: 6, Created: 1, Updated: 2, Unchanged: 1, Failed: 2}); job.Counts != want {
		t.Errorf("%+v", job.Counts)
	}
	want := []string{"2 : The token lacks the scope admin:admins:write.", "4 email: This e-mail address is taken."}
	if diff := cmp.Diff(want, f.failures(t, job)); diff != "" {
		t.Error(diff)
	}
	ann, ben, eve := f.named(t, "ann"), f.named(t, "ben"), f.named(t, "eve")
	if ann.Username != "ANN" || ann.Claims.GivenName != "Ann" || ann.Claims.FamilyName != "Kay" || !ben.Active || eve.Claims.Nickname != "E" {
		t.Errorf("%+v\n%+v\n%+v", ann, ben, eve)
	}
	job = f.imported(f.ctx, t, admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportUpsertByEmail},
		`{"username":"anna","email":"ANN@example.org"}`+"\n"+`{"email":"cat@example.org","nickname":"C"}`+"\n"+`{"username":"eve","email":"new@example.org"}`)
	if want := (identity.TransferCounts{Processed: 3, Updated: 2, Failed: 1}); job.Counts != want {
		t.Errorf("%+v %v", job.Counts, f.failures(t, job))
	}
	if f.named(t, "anna").ID != ann.ID || f.named(t, "cat").Claims.Nickname != "C" {
		t.Error("not found by the address")
	}
}

func mustJSON(t testing.TB, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "ann")
	options := admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportUpsertByUsername, DryRun: true}
	job := f.imported(f.ctx, t, options, `{"username":"ann","email":"ann@example.org","nickname":"A"}`+"\n"+
		`{"username":"ben","email":"ben@example.org"}`+"\n"+`{"username":"b","email":"b@example.org"}`)
	if want := (identity.TransferCounts{Processed: 3, Created: 1, Updated: 1, Failed: 1}); job.Counts != want || len(f.failures(t, job)) != 1 {
		t.Errorf("%+v %v", job.Counts, f.failures(t, job))
	}
	if f.named(t, "ann").Claims.Nickname != "" {
		t.Error("ann was changed")
	}
	if _, err := f.store.UserByUsername(t.Context(), "ben"); !errors.Is(err, identity.ErrUserNotFound) {
		t.Errorf("ben: %v", err)
	}
	if n := f.events(t, identity.ActionUserCreated); n != 1 {
		t.Errorf("%d events", n)
	}
}

// lines makes a file of so many users.
func lines(n int) string {
	var file strings.Builder
	for i := range n {
		fmt.Fprintf(&file, `{"username":"user%d","email":"user%d@example.org"}`+"\n", i, i)
	}
	return file.String()
}

func TestAnImportIsPausedResumedAndCancelled(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	jobs := f.admin.Transfers
	job, err := jobs.ImportUsers(f.ctx, jsonLines)
	if err != nil {
		t.Fatal(err)
	}
	is := func(what string, got identity.Transfer, err error, want identity.TransferState) {
		t.Helper()
		if err != nil || got.State != want {
			t.Errorf("%s: %s, %v", what, got.State, err)
		}
	}
	_, err = jobs.Pause(f.ctx, job.ID)
	if identity.AsError(err).Code != identity.CodeJobState {
		t.Errorf("what waits for a file was paused: %v", err)
	}
	if err := f.upload(t, job, strings.NewReader(lines(1200))); err != nil {
		t.Fatal(err)
	}
	paused, err := jobs.Pause(f.ctx, job.ID)
	is("pause", paused, err, identity.TransferPaused)
	f.work(t)
	if got := f.transfer(t, job.ID); got.Counts.Processed != 0 || got.State != identity.TransferPaused {
		t.Errorf("a paused job ran: %+v", got)
	}
	resumed, err := jobs.Continue(f.ctx, job.ID)
	is("resume", resumed, err, identity.TransferRunning)
	cancelled, err := jobs.Cancel(f.ctx, job.ID)
	is("cancel", cancelled, err, identity.TransferCancelled)
	for f.work(t) {
	}
	for name, move := range map[string]func(context.Context, uuid.UUID) (identity.Transfer, error){"pause": jobs.Pause, "resume": jobs.Continue, "cancel": jobs.Cancel} {
		if _, err := move(f.ctx, job.ID); identity.AsError(err).Code != identity.CodeJobState {
			t.Errorf("%s of what is over: %v", name, err)
		}
		if _, err := move(f.ctx, uuid.New()); !errors.Is(err, identity.ErrJobNotFound) {
			t.Errorf("%s of nothing: %v", name, err)
		}
	}
	if _, err := f.Retention.Sweep(f.ctx); err != nil {
		t.Fatal(err)
	}
	if data, err := f.store.Chunk(t.Context(), f.transfer(t, job.ID).UploadID, 0); err != nil || data != nil {
		t.Errorf("the file of a cancelled job stays: %v", err)
	}
	f.advance(8 * 24 * time.Hour)
	if _, err := f.Retention.Sweep(f.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.Get(f.ctx, job.ID); !errors.Is(err, identity.ErrJobNotFound) {
		t.Errorf("an old job stays: %v", err)
	}
}

func TestFewJobsAreOpenAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var last identity.Transfer
	var err error
	for n := range 21 {
		if last, err = f.admin.Transfers.ImportUsers(f.ctx, jsonLines); n < 20 && err != nil {
			t.Fatal(n, err)
		}
	}
	if identity.AsError(err).Code != identity.CodeJobState {
		t.Errorf("%+v, %v", last, err)
	}
}

// TestTwoRunsOfAnImportDoEachRowOnce: a node that was taken for dead goes on beside the one that took its place.
func TestTwoRunsOfAnImportDoEachRowOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	job, err := f.admin.Transfers.ImportUsers(f.ctx, jsonLines)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.upload(t, job, strings.NewReader(lines(3000))); err != nil {
		t.Fatal(err)
	}
	again, err := job.Due(f.deps.Source)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.store.InsertJobs(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 2)
	for range 2 {
		go func() { done <- f.work(t) }()
	}
	if first, second := <-done, <-done; !first || !second {
		t.Fatal("not both ran")
	}
	if got := f.transfer(t, job.ID); got.State != identity.TransferSucceeded ||
		got.Counts != (identity.TransferCounts{Processed: 3000, Created: 3000}) {
		t.Errorf("%+v", got)
	}
}

// TestTheRefusedRowsThatAreToldAreBounded: the others are counted.
func TestTheRefusedRowsThatAreToldAreBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	job := f.imported(f.ctx, t, jsonLines, strings.Repeat("{\n", 1001))
	if job.Counts.Failed != 1001 {
		t.Errorf("%+v", job.Counts)
	}
	found, err := f.admin.Transfers.Failures(f.ctx, []uuid.UUID{job.ID}, 990, 100)
	if err != nil || len(found[job.ID]) != 10 {
		t.Errorf("%d are told, %v", len(found[job.ID])+990, err)
	}
}
