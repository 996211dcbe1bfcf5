package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// userData is the document about a person.
type userData struct {
	Format   string
	Version  int
	Issuer   string
	MadeAt   time.Time `json:"made_at"`
	UserID   uuid.UUID `json:"user_id"`
	Username string
	About    string
	LeftOut  []string `json:"left_out"`
	Sections map[string]dataSection
}

type dataSection struct {
	About, Purpose, Retained string
	Fields                   map[string]string
	Items                    []map[string]any
}

// values lists what a field of a section has.
func (d userData) values(section, field string) []any {
	list := []any{}
	for _, item := range d.Sections[section].Items {
		list = append(list, item[field])
	}
	return list
}

// dataOf asks for the document about a user, and returns its job and text when it is over.
func (f *fixture) dataOf(ctx context.Context, t testing.TB, userID uuid.UUID) (job identity.Transfer, text string) {
	t.Helper()
	job, err := f.admin.Transfers.ExportUserData(ctx, userID)
	noError(t, err)
	for f.work(t) {
	}
	job = f.transfer(t, job.ID)
	if link := f.link(ctx, t, job); link != nil {
		text, err = f.download(t, transfer(t, http.MethodGet, link))
		noError(t, err)
	}
	return job, text
}

// readData reads a document, which is indented, says what each section and field is, and has the fields that it describes.
func readData(t testing.TB, text string) (data userData) {
	t.Helper()
	strict := json.NewDecoder(strings.NewReader(text))
	strict.DisallowUnknownFields()
	noError(t, strict.Decode(&data))
	var again bytes.Buffer
	noError(t, json.Indent(&again, []byte(text), "", "  "))
	if again.String() != text {
		t.Errorf("it is not indented: %s", text)
	}
	for name, section := range data.Sections {
		if section.About == "" || section.Purpose == "" || section.Retained == "" || section.Items == nil {
			t.Errorf("%s: %+v", name, section)
		}
		for field, about := range section.Fields {
			if about == "" {
				t.Errorf("nobody knows what %s.%s is", name, field)
			}
		}
		for _, item := range section.Items {
			for field := range item {
				if section.Fields[field] == "" {
					t.Errorf("%s.%s is not described", name, field)
				}
			}
			if len(item) != len(section.Fields) {
				t.Errorf("%s has %d fields of %d", name, len(item), len(section.Fields))
			}
		}
	}
	return data
}

// known is a person of whom everything is stored that can be, and what must not be told of it.
type known struct {
	identity.User
	secrets []string // of theirs
	others  []string // of other people
}

func (f *fixture) known(t testing.TB) known {
	t.Helper()
	f.user(t, "root", administrator)
	clerk := f.user(t, "mallory-clerk", administrator)
	ben := f.user(t, "benjamin")
	ann := f.user(t, "ann", administrator, func(n *admin.NewUser) {
		n.Claims = identity.Claims{Nickname: "<Annie> ☃", PhoneNumber: "+4712345678", Address: &identity.Address{Country: "Norway"}}
	})
	group := f.group(t, "sales", ben)
	below, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: "north", ParentID: &group.ID})
	noError(t, err)
	_, err = f.admin.Groups.AddMembers(f.ctx, below.ID, []uuid.UUID{ann.ID})
	noError(t, err)
	f.role(t, "seller", admin.RoleSubjects{GroupIDs: []uuid.UUID{group.ID}})
	f.role(t, "auditor", admin.RoleSubjects{UserIDs: []uuid.UUID{ann.ID}})
	_, err = f.admin.Attributes.Create(f.ctx, identity.AttributeDefinition{Name: "badge", Type: identity.AttributeString, Description: "At the door."})
	noError(t, err)
	byClerk := identity.WithActor(f.ctx, identity.Actor{
		Kind: identity.ActorUser, UserID: clerk.ID, Name: clerk.Username, Admin: true, Scopes: adminScopes(),
		IP: "203.0.113.77", UserAgent: "clerk-browser", RequestID: "clerk-request",
	})
	_, err = f.admin.Users.Update(byClerk, ann.ID, admin.UserChange{
		Email: new("ann@elsewhere.example"), Attributes: identity.AttributeValues{"badge": {"7"}},
	}, nil)
	noError(t, err)
	ann = f.reread(t, ann)
	app := f.client(t, "app")
	f.allowed(t, app, ann, ben)
	place := identity.WithActor(f.ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: "198.51.100.9", UserAgent: "ann-browser"})
	started, err := f.SignIn.Password(place, identity.SignInAttempt{Login: "ann", Password: passphrase})
	noError(t, err)
	browser := identity.BrowserSession{Session: started.Session, User: f.reread(t, ann)}
	issued := f.redeem(t, app, browser, "openid", "offline_access")
	_ = f.guess("203.0.113.50", "ann", "wrong-password")
	f.signIn(t, ben)
	_, err = f.admin.Users.Update(f.as(ann, identity.ScopeUsersWrite), ben.ID, admin.UserChange{
		Claims: &identity.Claims{Nickname: "benny-the-secret"},
	}, nil)
	noError(t, err)
	_, err = f.admin.Transfers.ExportUsers(f.as(ann, identity.ScopeUsersRead, writes), admin.ExportUsers{
		Format: admin.ExportCSV, Filter: identity.UserFilter{Username: &identity.StringMatch{Equal: new("benjamin")}},
	})
	noError(t, err)
	for f.work(t) {
	}
	return known{
		ann,
		[]string{hashed(), passphrase, "wrong-password", "n-1", started.Secret, started.Device, issued.RefreshToken, challenge},
		[]string{clerk.Username, clerk.ID.String(), "203.0.113.77", "clerk-browser", "clerk-request", "benjamin", ben.ID.String(), "benny"},
	}
}

// TestTheDataOfAPersonIsWhatIsStoredOfThem, in sections that say what they are, without what is secret and without others.
func TestTheDataOfAPersonIsWhatIsStoredOfThem(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		ann := f.known(t)
		job, text := f.dataOf(f.ctx, t, ann.ID)
		if job.State != identity.TransferSucceeded || job.Export().File != "user-"+ann.ID.String()+".json" {
			t.Fatalf("%+v", job)
		}
		data := readData(t, text)
		if data.Format != "authly-user-data" || data.Version != 1 || data.Issuer != issuer || data.UserID != ann.ID || data.Username != "ann" ||
			!data.MadeAt.Equal(f.Now()) || len(data.LeftOut) != 3 {
			t.Errorf("%+v", data)
		}
		for _, c := range []struct {
			section, field string
			want           []any
		}{
			{"profile", "email", []any{"ann@elsewhere.example"}},
			{"profile", "nickname", []any{"<Annie> ☃"}},
			{"profile", "given_name", []any{nil}},
			{"profile", "address", []any{map[string]any{"country": "Norway"}}},
			{"attributes", "name", []any{"badge"}},
			{"attributes", "values", []any{[]any{"7"}}},
			{"attributes", "description", []any{"At the door."}},
			{"groups", "path", []any{"/sales/north"}},
			{"roles", "name", []any{"auditor", "seller"}},
			{"roles", "assigned_at", []any{"2026-03-01T12:00:00Z", nil}},
			{"credentials", "kind", []any{"password"}},
			{"sessions", "ip", []any{"198.51.100.9"}},
			{"sessions", "user_agent", []any{"ann-browser"}},
			{"grants", "client_id", []any{"app"}},
			{"grants", "scopes", []any{[]any{"openid", "offline_access"}}},
			{"consents", "client_id", []any{"app"}},
			{"browsers", "last_seen_at", []any{"2026-03-01T12:00:00Z"}},
			{"networks", "network", []any{"198.51.100.0/24"}},
			{"jobs", "kind", []any{"users.export"}},
			{"refusals", "code", []any{}},
		} {
			wantSame(t, data.values(c.section, c.field), c.want)
		}
		var events []string
		for _, e := range data.Sections["events"].Items {
			events = append(events, fmt.Sprint(e["action"], " by ", e["by"], " of ", e["target_name"], " from ", e["ip"]))
			if e["meaning"] == nil || e["occurred_at"] == nil {
				t.Errorf("%v", e)
			}
		}
		slices.Sort(events)
		wantSame(t, events, []string{
			"group.member_added by the server of ann from <nil>", "job.created by the person of users.export from 192.0.2.7",
			"job.finished by the person of users.export from 192.0.2.7",
			"role.assigned by the server of ann from <nil>", "session.start_failed by nobody who had signed in of ann from 203.0.113.50",
			"session.started by the person of ann from 198.51.100.9", "user.created by the server of ann from <nil>",
			"user.updated by another user of ann from <nil>", "user.updated by the person of <nil> from 192.0.2.7",
		})
		changed := data.values("events", "changes")
		if !strings.Contains(fmt.Sprint(changed), "elsewhere.example") {
			t.Errorf("what has changed of the person is not in %v", changed)
		}
		for _, secret := range append(ann.secrets, ann.others...) {
			if secret == "" || strings.Contains(text, secret) {
				t.Errorf("%q is in the document", secret)
			}
		}
		order := []string{"profile", "attributes", "groups", "roles", "credentials", "sessions", "grants", "consents", "browsers", "networks", "messages", "links", "events", "jobs"}
		for i, name := range order[1:] {
			if strings.Index(text, `    "`+order[i]+`": {`) > strings.Index(text, `    "`+name+`": {`) {
				t.Errorf("%s comes before %s", name, order[i])
			}
		}
		f.noneInTheTrail(t, ann.secrets...)
	})
}

// TestTheDataOfAPersonIsReadInPortions: each event once and in order, whatever is added meanwhile, and again after a portion was lost.
func TestTheDataOfAPersonIsReadInPortions(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		const many = 2300
		ann := f.user(t, "ann")
		noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			for i := range many {
				event := identity.NewEvent(ctx, f.deps.Source, identity.ActionSignedIn, identity.TargetUser, ann.ID.String(), "ann")
				event.OccurredAt, event.Reason = event.OccurredAt.Add(time.Duration(i+1)*time.Second), fmt.Sprint(i)
				if err := tx.InsertAudit(ctx, event); err != nil {
					return err
				}
			}
			return nil
		}))
		job, text := f.dataOf(f.ctx, t, ann.ID)
		data := readData(t, text)
		reasons := data.values("events", "reason")
		if len(reasons) != many+1 || job.Step < 3 || admin.TransferProgress(job) != 100 {
			t.Fatalf("%d events in %d steps", len(reasons), job.Step)
		}
		for i, reason := range reasons[1:] {
			if reason != fmt.Sprint(i) {
				t.Fatalf("event %d is %v", i, reason)
			}
		}
	})
}

// TestTheDataOfAPersonIsForWhoMayReadAllOfIt: whoever lacks one scope of what is in it, is limited, or has none for administrators
// is refused, and gets no link to what another has asked for.
func TestTheDataOfAPersonIsForWhoMayReadAllOfIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root, ann := f.user(t, "root", administrator), f.user(t, "ann")
	all := []string{
		reads, writes, identity.ScopeUsersRead, identity.ScopeSessionsRead, identity.ScopeGroupsRead, identity.ScopeRolesRead,
		identity.ScopeAuditRead,
	}
	who := f.by(t, root, all...)
	job, text := f.dataOf(who, t, ann.ID)
	if readData(t, text).Username != "ann" {
		t.Error(text)
	}
	for i, scope := range all[1:] {
		fewer := f.by(t, root, slices.Delete(slices.Clone(all), i+1, i+2)...)
		if _, err := f.admin.Transfers.ExportUserData(fewer, ann.ID); identity.AsError(err).Code != identity.CodeInsufficientScope {
			t.Errorf("without %s: %v", scope, err)
		}
		if scope != writes && f.link(fewer, t, job) != nil {
			t.Errorf("without %s there is a link", scope)
		}
	}
	desk := f.desk(t, "desk", identity.ScopeUsersRead)
	f.adminRole(t, identity.AdminRights{Scopes: slices.Delete(slices.Clone(all), 2, 3)}, desk.helper)
	_, err := f.admin.Transfers.ExportUserData(f.by(t, desk.helper, all...), desk.inside.ID)
	if identity.AsError(err).Message() != "The scope admin:users:read is limited to groups." {
		t.Errorf("limited: %v", err)
	}
	for name, administers := range map[string]identity.User{"administrator": root, "by a role": desk.otherHelper} {
		if _, err := f.admin.Transfers.ExportUserData(who, administers.ID); !strings.Contains(fmt.Sprint(err), identity.ScopeAdminsWrite) {
			t.Errorf("%s: %v", name, err)
		}
		job, text := f.dataOf(f.by(t, root, append(all, identity.ScopeAdminsWrite)...), t, administers.ID)
		if readData(t, text).UserID != administers.ID || f.link(who, t, job) != nil {
			t.Errorf("%s: %s", name, text)
		}
	}
	if _, err := f.admin.Transfers.ExportUserData(f.stranger(), ann.ID); identity.AsError(err).Code != identity.CodeUnauthenticated {
		t.Errorf("nobody: %v", err)
	}
	_, err = f.admin.Transfers.ExportUserData(who, uuid.New())
	wantError(t, err, identity.ErrUserNotFound)
}

// TestTheDataOfAPersonFailsWhenTheyHaveBecomeSomebodyElse while it was due: an administrator, or nobody.
func TestTheDataOfAPersonFailsWhenTheyHaveBecomeSomebodyElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "root", administrator)
	ann, ben := f.user(t, "ann"), f.user(t, "ben")
	var jobs []identity.Transfer
	for _, u := range []identity.User{ann, ben} {
		job, err := f.admin.Transfers.ExportUserData(f.ctx, u.ID)
		noError(t, err)
		jobs = append(jobs, job)
	}
	_, err := f.admin.Users.Update(f.ctx, ann.ID, admin.UserChange{Admin: new(true)}, nil)
	noError(t, err)
	_, err = f.admin.Users.Delete(f.ctx, ben.ID, admin.DeleteUserOptions{})
	noError(t, err)
	for f.work(t) {
	}
	for i, want := range []string{"The user has become an administrator. Ask for it again.", identity.AsError(identity.ErrUserNotFound).Message()} {
		if got := f.transfer(t, jobs[i].ID); got.State != identity.TransferFailed || got.Error != want {
			t.Errorf("%s %q", got.State, got.Error)
		}
	}
}
