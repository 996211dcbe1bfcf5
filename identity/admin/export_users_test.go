package admin_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// download is what a link leads to.
func (f *fixture) download(t testing.TB, link identity.TransferLink) (string, error) {
	t.Helper()
	file, err := f.Transfers.Download(t.Context(), link, false)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	err = file.Write(t.Context(), &text, func() {})
	if err == nil && text.Len() != file.Size {
		t.Errorf("%d bytes of %d", text.Len(), file.Size)
	}
	return text.String(), err
}

// link is where the actor finds the file of a job; nil for nowhere.
func (f *fixture) link(ctx context.Context, t testing.TB, job identity.Transfer) *admin.SignedLink {
	t.Helper()
	link, err := f.admin.Transfers.DownloadLink(ctx, job)
	if err != nil && identity.AsError(err).Kind != identity.Forbidden && identity.AsError(err).Kind != identity.Unauthenticated {
		t.Fatal(err)
	}
	return link
}

// exported asks for an export, and returns its job and file when it is over.
func (f *fixture) exported(ctx context.Context, t testing.TB, want admin.ExportUsers) (identity.Transfer, string) {
	t.Helper()
	job, err := f.admin.Transfers.ExportUsers(ctx, want)
	noError(t, err)
	for f.work(t) {
	}
	job = f.transfer(t, job.ID)
	link := f.link(ctx, t, job)
	if link == nil {
		return job, ""
	}
	file, err := f.download(t, transfer(t, http.MethodGet, link))
	noError(t, err)
	return job, file
}

// people are users with all that a file could spoil.
func (f *fixture) people(t testing.TB) []identity.User {
	t.Helper()
	text := func(at int, values ...string) string { return values[at%len(values)] }
	return f.many(t, "person", 12, func(u *identity.User) {
		n := int(u.Username[len(u.Username)-1])
		u.Active, u.Verified, u.RequiresPasswordChange = n%2 == 0, n%3 == 0, n%5 == 0
		u.Claims.Nickname = text(n, "=HYPERLINK(\"http://evil\")", "+1", "-1", "@SUM(A1)", "'=quoted", "''+twice", "'plain", "", "a,b", `"q"`, "Zoë ☃", " s ")
		u.Claims.GivenName = text(n, "null", "<b>&", "{}", "true")
		u.Claims.PhoneNumber = text(n, "+4712345678", "")
		u.Claims.PhoneNumberVerified = u.Claims.PhoneNumber != ""
		if n%2 == 0 {
			u.Claims.Address = &identity.Address{StreetAddress: "=1\n" + text(n, "Way 1", "\"Way\", 2"), Country: "Norway"}
		}
		if n%4 == 0 {
			u.Password = identity.PasswordCredential{}
		}
	})
}

// TestAnExportThatIsImportedGivesTheSameUsers, whatever their texts begin with.
func TestAnExportThatIsImportedGivesTheSameUsers(t *testing.T) {
	t.Parallel()
	for _, format := range []admin.ExportFormat{admin.ExportJSONLines, admin.ExportCSV} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, f *fixture) {
				people := f.people(t)
				have := f.giveAttributes(t, people)
				job, file := f.exported(f.ctx, t, admin.ExportUsers{Format: format, PasswordHashes: true})
				if job.State != identity.TransferSucceeded || job.Counts.Processed != len(people) || admin.TransferProgress(job) != 100 ||
					job.Size != len(file) {
					t.Fatalf("%+v", job)
				}
				if format == admin.ExportCSV {
					noFormulas(t, file)
				}
				to := newFixture(t)
				to.declareForImports(t, anyBadge)
				back := to.imported(to.ctx, t, admin.ImportUsers{Format: admin.ImportFormat(format), Mode: admin.ImportInsert}, file)
				if back.Counts != (identity.TransferCounts{Processed: len(people), Created: len(people)}) {
					t.Fatalf("%+v %v", back, to.failures(t, back))
				}
				for _, want := range people {
					got := to.named(t, want.Username)
					if got.Password.Hash != want.Password.Hash {
						t.Errorf("%s has the hash %q", want.Username, got.Password.Hash)
					}
					got.ID, got.Password, got.CreatedBy = want.ID, want.Password, want.CreatedBy
					wantSame(t, got, want)
				}
				names := slices.Collect(maps.Keys(have))
				wantSame(t, to.attributesOf(t, names...), have)
			})
		})
	}
}

// anyBadge lets a badge have any text.
func anyBadge(d *identity.AttributeDefinition) { d.Pattern = "" }

// giveAttributes gives people attributes with all that a file could spoil, and returns them by username; every third has none.
func (f *fixture) giveAttributes(t testing.TB, people []identity.User) map[string]identity.AttributeValues {
	t.Helper()
	f.declareForImports(t, anyBadge)
	have := map[string]identity.AttributeValues{}
	for i, u := range people {
		if i%3 == 0 {
			have[u.Username] = nil
			continue
		}
		values := identity.AttributeValues{"badge": {fmt.Sprintf("=%d+\"',;{}☃", i)}, "level": {fmt.Sprint(-i)}}
		if i%2 == 0 {
			values["teams"], values["remote"] = []string{"-x", "@y z", "null", `"`}, []string{"true"}
		}
		_, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Attributes: values}, nil)
		noError(t, err)
		have[u.Username] = values
	}
	return have
}

// noFormulas checks that no cell begins as a formula does.
func noFormulas(t *testing.T, file string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	noError(t, err)
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
}

// TestTheFieldsOfAnExportAreChosen, also those that no import reads, of those whom the filter selects.
func TestTheFieldsOfAnExportAreChosen(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		ann, ben := f.user(t, "ann"), f.user(t, "ben")
		group := f.group(t, "sales", ann, ben)
		below, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: "north", ParentID: &group.ID})
		noError(t, err)
		_, err = f.admin.Groups.AddMembers(f.ctx, below.ID, []uuid.UUID{ann.ID})
		noError(t, err)
		f.role(t, "seller", admin.RoleSubjects{GroupIDs: []uuid.UUID{group.ID}})
		_, err = f.admin.Attributes.Create(f.ctx, identity.AttributeDefinition{Name: "badge", Type: identity.AttributeString, Filterable: true})
		noError(t, err)
		_, err = f.admin.Users.Update(f.ctx, ann.ID, admin.UserChange{Attributes: identity.AttributeValues{"badge": {"7"}}}, nil)
		noError(t, err)
		want := admin.ExportUsers{
			Format: admin.ExportJSONLines, Fields: []string{"groups", "id", "roles", "attributes", "created_at", "admin", "last_login_at"},
			Filter: identity.UserFilter{Attributes: []identity.AttributeMatch{{Name: "badge", Value: "7"}}},
		}
		_, file := f.exported(f.ctx, t, want)
		wantSame(t, file, `{"groups":["/sales","/sales/north"],"id":"`+ann.ID.String()+
			`","roles":["seller"],"attributes":{"badge":["7"]},"created_at":"2026-03-01T12:00:00Z","admin":false}`+"\n")
		want.Format, want.Filter = admin.ExportCSV, identity.UserFilter{Username: &identity.StringMatch{Equal: &ben.Username}}
		_, file = f.exported(f.ctx, t, want)
		wantSame(t, file, "groups,id,roles,attributes,created_at,admin,last_login_at\n"+
			`"[""/sales""]",`+ben.ID.String()+`,"[""seller""]",,2026-03-01T12:00:00Z,false,`+"\n")
		want.Filter.Username.Equal = new("nobody")
		job, file := f.exported(f.ctx, t, want)
		if want := "groups,id,roles,attributes,created_at,admin,last_login_at\n"; file != want || job.Counts.Processed != 0 {
			t.Errorf("%q", file)
		}
		want.Format = admin.ExportJSONLines
		if job, file = f.exported(f.ctx, t, want); file != "" || job.State != identity.TransferSucceeded {
			t.Errorf("%q %+v", file, job)
		}
	})
}

func TestWhatIsWrongWithAnExportIsToldAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Transfers.ExportUsers(f.ctx, admin.ExportUsers{
		Format: admin.ExportCSV, Fields: []string{"username", "password_hash", "shoe", "username", "address", "address.country"},
		Filter: identity.UserFilter{Username: &identity.StringMatch{Contains: new("a")}},
	})
	wantSame(t, refusals(err), []string{
		"filter.username: The operator contains needs at least 3 characters; use startsWith for fewer.",
		"fields[1] must not be password_hash: ask for it by passwordHashes.", "fields[2] must be a field of users: there is none named shoe.",
		"fields[3] must not come twice: username.", "fields[5] must not come twice: address.country.",
	})
	_, err = f.admin.Transfers.ExportUsers(f.ctx, admin.ExportUsers{Format: admin.ExportCSV, Fields: []string{}})
	wantField(t, err, "fields")
	unknown := identity.UserFilter{Attributes: []identity.AttributeMatch{{Name: "shoe", Value: "7"}}}
	_, err = f.admin.Transfers.ExportUsers(f.ctx, admin.ExportUsers{Format: admin.ExportCSV, Filter: unknown})
	wantField(t, err, "filter.attributes[0].name")
}

// TestAnExportHasEverybodyOnce: all who are there from the beginning to the end, while others come and go and all are changed, and
// while a node that was taken for dead goes on beside the one that took its place.
func TestAnExportHasEverybodyOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		stay := f.many(t, "stay", 2500)
		leave := f.many(t, "leave", 200)
		job, err := f.admin.Transfers.ExportUsers(f.ctx, admin.ExportUsers{Format: admin.ExportJSONLines, Fields: []string{"id"}})
		noError(t, err)
		again, err := job.Due(f.deps.Source)
		noError(t, err)
		noError(t, f.store.InsertJobs(t.Context(), again))
		written, over := make(chan error, 1), make(chan bool)
		go func() {
			var err error
			for i := 0; err == nil; i++ {
				select {
				case <-over:
					written <- nil
					return
				default:
				}
				n, u := i%len(leave), stay[i%len(stay)]
				_, fault := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Active: new(i%2 == 0)}, nil)
				_, gone := f.admin.Users.Delete(f.ctx, leave[n].ID, admin.DeleteUserOptions{})
				if errors.Is(gone, identity.ErrUserNotFound) {
					gone = nil
				}
				name := fmt.Sprintf("new%d", i)
				_, _, added := f.admin.Users.Create(f.ctx, admin.NewUser{Username: name, Email: name + "@example.org", PasswordHash: hashed()})
				err = errors.Join(fault, gone, added)
			}
			written <- err
		}()
		done := make(chan bool, 2)
		for range 2 {
			go func() { done <- f.work(t) }()
		}
		first, second := <-done, <-done
		close(over)
		noError(t, <-written)
		if !first || !second {
			t.Error("not both ran")
		}
		file, err := f.download(t, transfer(t, http.MethodGet, f.link(f.ctx, t, f.transfer(t, job.ID))))
		noError(t, err)
		seen := map[uuid.UUID]int{}
		for line := range strings.Lines(file) {
			var row struct{ ID uuid.UUID }
			noError(t, json.Unmarshal([]byte(line), &row))
			seen[row.ID]++
		}
		for _, u := range stay {
			if seen[u.ID] != 1 {
				t.Errorf("%s comes %d times", u.Username, seen[u.ID])
			}
		}
		if twice := slices.Max(slices.Collect(maps.Values(seen))); twice != 1 {
			t.Errorf("somebody comes %d times", twice)
		}
		if got := f.transfer(t, job.ID); got.Counts.Processed != len(seen) || got.State != identity.TransferSucceeded {
			t.Errorf("%d of %+v", len(seen), got)
		}
	})
}

// The scopes to read jobs and to ask for them.
const reads, writes = identity.ScopeJobsRead, identity.ScopeJobsWrite

func sortedLines(file string) []string { return slices.Sorted(strings.Lines(file)) }

// TestHashesNeedAScopeOfTheirOwn, and those of administrators that of changing them, by whichever way they are administrators.
func TestHashesNeedAScopeOfTheirOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root, ann, desk := f.user(t, "root", administrator), f.user(t, "ann"), f.user(t, "desk")
	f.adminRole(t, identity.AdminRights{Scopes: []string{identity.ScopeUsersUnlock}}, desk)
	hashes := admin.ExportUsers{Format: admin.ExportJSONLines, Fields: []string{"username"}, PasswordHashes: true}
	_, err := f.admin.Transfers.ExportUsers(f.by(t, root, writes, identity.ScopeUsersRead), hashes)
	if identity.AsError(err).Code != identity.CodeInsufficientScope || !strings.Contains(err.Error(), identity.ScopeUsersHashes) {
		t.Errorf("without the scope: %v", err)
	}
	without := func(who identity.User) string { return `{"username":"` + who.Username + "\"}\n" }
	with := func(who identity.User) string {
		return `{"username":"` + who.Username + `","password_hash":"` + hashed() + "\"}\n"
	}
	few := f.by(t, root, reads, writes, identity.ScopeUsersRead, identity.ScopeUsersHashes)
	all := f.by(t, root, reads, writes, identity.ScopeUsersRead, identity.ScopeUsersHashes, identity.ScopeAdminsWrite)
	_, file := f.exported(few, t, hashes)
	wantSame(t, sortedLines(file), sortedLines(without(root)+with(ann)+without(desk)))
	job, file := f.exported(all, t, hashes)
	wantSame(t, sortedLines(file), sortedLines(with(root)+with(ann)+with(desk)))
	if f.link(few, t, job) != nil {
		t.Error("who may not have the hashes of administrators gets the file")
	}
	f.noneInTheTrail(t, hashed())
}

// TestAFileIsForWhoMayHaveIt: whoever asks needs the scopes that the export needed, and still has them when the link is followed.
func TestAFileIsForWhoMayHaveIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "root", administrator)
	clerk := f.user(t, "clerk", administrator)
	groups := []string{identity.ScopeUsersRead, identity.ScopeGroupsRead, reads, writes}
	asked := f.by(t, clerk, groups...)
	job, file := f.exported(asked, t, admin.ExportUsers{Format: admin.ExportCSV, Fields: []string{"username", "groups"}})
	if file == "" {
		t.Fatalf("%+v", job)
	}
	for name, ctx := range map[string]context.Context{
		"who reads jobs":        f.by(t, clerk, identity.ScopeJobsRead),
		"who reads users":       f.by(t, clerk, identity.ScopeJobsRead, identity.ScopeUsersRead),
		"who is limited":        f.by(t, f.desk(t, "desk", identity.ScopeUsersRead).helper, groups...),
		"who is nobody":         f.stranger(),
		"who reads groups only": f.by(t, clerk, identity.ScopeGroupsRead),
	} {
		if f.link(ctx, t, job) != nil {
			t.Error(name + " gets the file")
		}
	}
	link := transfer(t, http.MethodGet, f.link(asked, t, job))
	put, other, longer, another := link, link, link, link
	put.Method, other.ID, longer.Expires = http.MethodPut, uuid.New(), link.Expires.Add(time.Second)
	another.Holder = strings.Replace(link.Holder, clerk.ID.String(), f.named(t, "root").ID.String(), 1)
	for name, wrong := range map[string]identity.TransferLink{"method": put, "job": other, "end": longer, "holder": another} {
		if _, err := f.download(t, wrong); identity.AsError(err).Message() != "The link is not valid." {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if n := f.events(t, identity.ActionJobDownloaded); n != 1 {
		t.Errorf("%d downloads are in the trail", n)
	}
	_, err := f.download(t, link)
	noError(t, err)
	event := f.audit(t, identity.ActionJobDownloaded)[0]
	if event.ActorID != clerk.ID.String() || event.ActorName != "clerk" || event.TargetID != job.ID.String() {
		t.Errorf("%+v", event)
	}
	_, err = f.admin.Users.Update(f.ctx, clerk.ID, admin.UserChange{Admin: new(false)}, nil)
	noError(t, err)
	if _, err := f.download(t, link); identity.AsError(err).Code != identity.CodeForbidden {
		t.Errorf("who is no administrator any more: %v", err)
	}
	link = transfer(t, http.MethodGet, f.link(f.ctx, t, job))
	f.advance(identity.TransferLinkTTL)
	if _, err := f.download(t, link); identity.AsError(err).Message() != "The link has expired." {
		t.Errorf("too late: %v", err)
	}
}

// TestAnExportEndsWithTheRightsOfWhoAskedForIt: also with that to one of its fields.
func TestAnExportEndsWithTheRightsOfWhoAskedForIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "root", administrator)
	clerk := f.user(t, "clerk")
	role := f.adminRole(t, identity.AdminRights{Scopes: []string{writes, identity.ScopeUsersRead, identity.ScopeGroupsRead}}, clerk)
	job, err := f.admin.Transfers.ExportUsers(f.by(t, clerk, writes, identity.ScopeUsersRead, identity.ScopeGroupsRead),
		admin.ExportUsers{Format: admin.ExportCSV, Fields: []string{"groups"}})
	noError(t, err)
	_, err = f.admin.Roles.Update(f.ctx, role.ID, admin.RoleChange{AdminScopes: &[]string{identity.ScopeUsersRead}}, nil)
	noError(t, err)
	f.work(t)
	job = f.transfer(t, job.ID)
	if job.State != identity.TransferFailed || job.Error != "The token lacks the scope admin:groups:read." || f.link(f.ctx, t, job) != nil {
		t.Errorf("%+v", job)
	}
	data, err := f.store.Chunk(t.Context(), job.UploadID, 0)
	if err != nil || data != nil {
		t.Errorf("%q, %v", data, err)
	}
	helper := f.desk(t, "desk", identity.ScopeUsersRead).helper
	f.adminRole(t, identity.AdminRights{Scopes: []string{writes}}, helper)
	limited := f.by(t, helper, writes, identity.ScopeUsersRead)
	_, err = f.admin.Transfers.ExportUsers(limited, admin.ExportUsers{Format: admin.ExportCSV})
	if identity.AsError(err).Message() != "The scope admin:users:read is limited to groups." {
		t.Errorf("limited: %v", err)
	}
}

func TestAnExportIsPausedResumedAndItsFileTakenAway(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "ann")
	jobs, want := f.admin.Transfers, admin.ExportUsers{Format: admin.ExportCSV, Fields: []string{"username"}}
	job, err := jobs.ExportUsers(f.ctx, want)
	noError(t, err)
	_, err = jobs.Pause(f.ctx, job.ID)
	noError(t, err)
	f.work(t)
	if got := f.transfer(t, job.ID); got.State != identity.TransferPaused || got.Size != 0 {
		t.Errorf("a paused job ran: %+v", got)
	}
	_, err = jobs.Continue(f.ctx, job.ID)
	noError(t, err)
	for f.work(t) {
	}
	job = f.transfer(t, job.ID)
	link := transfer(t, http.MethodGet, f.link(f.ctx, t, job))
	file, err := f.download(t, link)
	noError(t, err)
	wantSame(t, file, "username\nann\n")
	if *job.ExpiresAt != f.Now().Add(24*time.Hour) {
		t.Errorf("it is there until %s", job.ExpiresAt)
	}
	cancelled, err := jobs.Cancel(f.ctx, job.ID)
	noError(t, err)
	if _, err := f.download(t, link); identity.AsError(err).Message() != "The job has no file to download." || cancelled.State != identity.TransferCancelled {
		t.Errorf("%s: %v", cancelled.State, err)
	}
	stored, _ := f.exported(f.ctx, t, want)
	_, err = f.Retention.Sweep(f.ctx)
	noError(t, err)
	for id, want := range map[uuid.UUID]bool{job.UploadID: false, stored.UploadID: true} {
		data, err := f.store.Chunk(t.Context(), id, 0)
		if noError(t, err); (data != nil) != want {
			t.Errorf("%q after the sweep", data)
		}
	}
	f.advance(24 * time.Hour)
	link = transfer(t, http.MethodGet, f.link(f.ctx, t, stored))
	if _, err := f.download(t, link); identity.AsError(err).Code != identity.CodeJobState {
		t.Errorf("after a day: %v", err)
	}
	for range 2 { // the job goes after its file
		_, err = f.Retention.Sweep(f.ctx)
		noError(t, err)
	}
	_, err = jobs.Get(f.ctx, stored.ID)
	wantError(t, err, identity.ErrJobNotFound)
}

func TestExportsAreBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.TransferMaxSize = 1 << 20 })
	f.many(t, "person", 1001, func(u *identity.User) { u.Claims.Name = strings.Repeat("x", 1000) })
	big, _ := f.exported(f.ctx, t, admin.ExportUsers{Format: admin.ExportJSONLines, Fields: []string{"name", "username", "email"}})
	if big.State != identity.TransferFailed || big.Error != "The file would be larger than 1 MiB. Choose fewer rows or fields." {
		t.Errorf("%+v", big)
	}
	nobody := admin.ExportUsers{Format: admin.ExportCSV, Filter: identity.UserFilter{Username: &identity.StringMatch{Equal: new("nobody")}}}
	var last identity.Transfer
	for range 19 {
		last, _ = f.exported(f.ctx, t, nobody)
	}
	made, err := f.admin.Transfers.ExportUsers(f.ctx, nobody) // it will have a file
	noError(t, err)
	if _, err := f.admin.Transfers.ExportUsers(f.ctx, nobody); identity.AsError(err).Code != identity.CodeJobState {
		t.Errorf("a file too many: %v", err)
	}
	for _, id := range []uuid.UUID{last.ID, made.ID} {
		_, err = f.admin.Transfers.Cancel(f.ctx, id)
		noError(t, err)
		_, err = f.admin.Transfers.ExportUsers(f.ctx, nobody)
		noError(t, err)
	}
}
