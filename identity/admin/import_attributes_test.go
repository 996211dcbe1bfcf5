package admin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
)

// declareForImports declares a badge that is unique, teams, a level, and whether somebody is remote.
func (f *fixture) declareForImports(t testing.TB, badge func(d *identity.AttributeDefinition)) {
	t.Helper()
	unique := identity.AttributeDefinition{Name: "badge", Type: identity.AttributeString, Unique: true, Pattern: "[A-Za-z][0-9]"}
	badge(&unique)
	for _, d := range []identity.AttributeDefinition{
		unique,
		{Name: "teams", Type: identity.AttributeStringList},
		{Name: "level", Type: identity.AttributeInteger},
		{Name: "remote", Type: identity.AttributeBoolean},
	} {
		if _, err := f.admin.Attributes.Create(f.ctx, d); err != nil {
			t.Fatal(err)
		}
	}
}

// attributesOf returns what users have, by username.
func (f *fixture) attributesOf(t testing.TB, usernames ...string) map[string]identity.AttributeValues {
	t.Helper()
	got := map[string]identity.AttributeValues{}
	for _, name := range usernames {
		id := f.named(t, name).ID
		all, err := f.store.UserAttributes(t.Context(), []uuid.UUID{id})
		if err != nil {
			t.Fatal(err)
		}
		got[name] = all[id]
	}
	return got
}

// TestAnImportBringsAttributes: in each format, those that are declared, in their one form and in the trail.
func TestAnImportBringsAttributes(t *testing.T) {
	t.Parallel()
	auth0 := admin.ImportUsers{Format: admin.ImportAuth0, Mode: admin.ImportInsert}
	keycloak := admin.ImportUsers{Format: admin.ImportKeycloak, Mode: admin.ImportInsert}
	for name, c := range map[string]struct {
		options admin.ImportUsers
		file    string
	}{
		"JSON Lines": {jsonLines, `{"username":"ann","email":"ann@example.org","attributes":{"badge":"A1","teams":["x","b"],"level":-7,"remote":true}}` + "\n" +
			`{"username":"ben","email":"ben@example.org","attributes":{"teams":"x","badge":null}}`},
		"CSV": {rowsOfCSV, "username,email,attributes.badge,attributes.teams,attributes.level,attributes.remote\n" +
			"ann,ann@example.org,A1,\"x\r\nb\",-007,TRUE\nben,ben@example.org,,x,,\n"},
		"CSV as exported": {rowsOfCSV, "username,email,attributes\n" +
			`ann,ann@example.org,"{""badge"":""A1"",""teams"":[""x"",""b""],""level"":[""-7""],""remote"":true}"` + "\n" +
			`ben,ben@example.org,"{""teams"":[""x""],""badge"":null}"` + "\n"},
		"Keycloak": {keycloak, `{"users":[{"username":"ann","email":"ann@example.org","attributes":{"badge":["A1"],"teams":["x","b"],"level":["-7"],
			"remote":["true"],"shoe":["44"]}},{"username":"ben","email":"ben@example.org","attributes":{"teams":["x"],"badge":[]}}]}`},
		"Auth0": {auth0, `{"user_id":"ann","email":"ann@example.org","user_metadata":{"badge":"B2","teams":["x","b"],"shoe":{"size":44}},` +
			`"app_metadata":{"badge":"A1","level":-7,"remote":true}}` + "\n" + `{"user_id":"ben","email":"ben@example.org","user_metadata":{"teams":"x","badge":null}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.declareForImports(t, func(*identity.AttributeDefinition) {})
			job := f.imported(f.ctx, t, c.options, c.file)
			if job.Counts != (identity.TransferCounts{Processed: 2, Created: 2}) {
				t.Fatalf("%+v %v", job, f.failures(t, job))
			}
			want := map[string]identity.AttributeValues{
				"ann": {"badge": {"A1"}, "teams": {"x", "b"}, "level": {"-7"}, "remote": {"true"}}, "ben": {"teams": {"x"}},
			}
			if diff := cmp.Diff(want, f.attributesOf(t, "ann", "ben")); diff != "" {
				t.Error(diff)
			}
			if trail := fmt.Sprint(f.lastChanges(t, "ann")["attributes.teams"]); trail != "{<nil> [x b]}" {
				t.Error(trail)
			}
		})
	}
}

// lastChanges returns the changes that the trail has of a user.
func (f *fixture) lastChanges(t *testing.T, username string) map[string]identity.Change {
	t.Helper()
	events, err := f.store.AuditEvents(t.Context(), identity.AuditQuery{
		Filter: identity.AuditFilter{TargetID: f.named(t, username).ID.String()}, Range: identity.KeysetRange{Limit: 1},
	})
	if err != nil || len(events) == 0 {
		t.Fatal(events, err)
	}
	return events[0].Item.Changes
}

// TestBadAttributesOfAnImportAreNamed by line and attribute; a value is one user's, in the file and beside it, also when it is freed
// by the file.
func TestBadAttributesOfAnImportAreNamed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.declareForImports(t, func(d *identity.AttributeDefinition) { d.Required = true })
		f.user(t, "old", func(n *admin.NewUser) { n.Attributes = identity.AttributeValues{"badge": {"Z9"}} })
		row := func(name, attributes string) string {
			return fmt.Sprintf(`{"username":%q,"email":"%s@example.org","attributes":%s}`, name, name, attributes)
		}
		upsert := admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportUpsertByUsername}
		job := f.imported(f.ctx, t, upsert, strings.Join([]string{
			row("ann", `{"badge":"A1"}`),
			`{"username":"ben","email":"ben@example.org"}`,
			row("ben", `{"badge":"a1"}`),
			row("ben", `{"badge":"z9"}`),
			row("ben", `{"badge":"bad","level":1.5,"teams":["a","A"],"shoe":"44"}`),
			row("ben", `{"badge":{"a":1},"level":[null]}`),
			row("ben", `["badge"]`),
			row("old", `{"badge":"Y8"}`),
			row("ben", `{"badge":"z9"}`),
			row("old", `{"badge":"A1"}`),
			row("old", `{"badge":null}`),
			row("old", `{"level":3}`),
		}, "\n"))
		want := []string{
			"2 attributes.badge: attributes.badge must have a value.", "3 attributes.badge: attributes.badge is the value of another user.",
			"4 attributes.badge: attributes.badge is the value of another user.",
			"5 attributes.badge: attributes.badge must match the pattern of the attribute as a whole. " +
				"attributes.level must be a whole number between -(2^53-1) and 2^53-1. attributes.shoe is not declared. attributes.teams[1] must not be there twice.",
			"6 attributes.badge: attributes.badge has a value of another type. attributes.level has a value of another type.",
			"7 attributes: attributes has a value of another type.", "10 attributes.badge: attributes.badge is the value of another user.",
			"11 attributes.badge: attributes.badge must have a value.",
		}
		if diff := cmp.Diff(want, f.failures(t, job)); diff != "" {
			t.Error(diff)
		}
		if want := (identity.TransferCounts{Processed: 12, Created: 2, Updated: 2, Failed: 8}); job.Counts != want {
			t.Errorf("%+v", job.Counts)
		}
		have := map[string]identity.AttributeValues{"ann": {"badge": {"A1"}}, "ben": {"badge": {"z9"}}, "old": {"badge": {"Y8"}, "level": {"3"}}}
		if diff := cmp.Diff(have, f.attributesOf(t, "ann", "ben", "old")); diff != "" {
			t.Error(diff)
		}
		job = f.imported(f.ctx, t, upsert, row("old", `null`))
		if got := f.failures(t, job); len(got) != 1 || !strings.Contains(got[0], "attributes.badge must have a value") {
			t.Errorf("all cleared: %v", got)
		}
		job = f.imported(f.ctx, t, rowsOfCSV, "username,email,attributes.shoe\n")
		if job.State != identity.TransferFailed {
			t.Errorf("a column that is not declared: %+v", job)
		}
		job = f.imported(f.ctx, t, rowsOfCSV, "username,attributes,attributes.badge\n")
		if job.State != identity.TransferFailed || !strings.HasPrefix(job.Error, "Attributes are either in the column attributes or in") {
			t.Errorf("attributes in two ways: %+v", job)
		}
		job = f.imported(f.ctx, t, admin.ImportUsers{Format: admin.ImportCSV, Mode: admin.ImportUpsertByUsername},
			"username,email,attributes\nann,ann@example.org,\nann,ann@example.org,=1\nann,ann@example.org,{\nann,ann@example.org,\"{\"\"shoe\"\":1}\"\n")
		if diff := cmp.Diff([]string{
			"3 attributes: attributes: Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none.",
			"4 attributes: attributes has a value of another type.", "5 attributes.shoe: attributes.shoe is not declared.",
		}, f.failures(t, job)); diff != "" || job.Counts.Unchanged != 1 {
			t.Errorf("%+v %s", job.Counts, diff)
		}
		job = f.imported(f.ctx, t, rowsOfCSV, "username,email,attributes.badge,attributes.level\ndan,dan@example.org,=A1,+1\ndan,dan@example.org,D4,=1\neve,eve@example.org,E5,+1\n")
		if diff := cmp.Diff([]string{
			"2 attributes.badge: attributes.badge: Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none.",
			"3 attributes.level: attributes.level: Begins like a formula of a spreadsheet. Put an apostrophe before it if it is none.",
		}, f.failures(t, job)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestAnImportOfChangesCostsNoStatementPerRow, with attributes, names and claims.
func TestAnImportOfChangesCostsNoStatementPerRow(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.declareForImports(t, anyBadge)
		f.many(t, "person", 404)
		cost := func(from, to int) int {
			var file strings.Builder
			for i := from; i < to; i++ {
				fmt.Fprintf(&file, `{"username":"person%d","email":"p%d@example.org","nickname":"N","attributes":{"badge":"b%d","teams":["x"],"level":%d}}`+"\n",
					i, i, i, i)
			}
			ctx, counter := store.CountStatements(f.ctx)
			before := f.ctx
			f.ctx = ctx
			defer func() { f.ctx = before }()
			upsert := admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportUpsertByUsername}
			job := f.imported(f.ctx, t, upsert, file.String())
			if want := (identity.TransferCounts{Processed: to - from, Updated: to - from}); job.Counts != want {
				t.Fatalf("%+v %v", job.Counts, f.failures(t, job))
			}
			return len(counter.Operations())
		}
		if few, many := cost(0, 4), cost(4, 404); many != few {
			t.Errorf("%d statements for 4 rows, %d for 400", few, many)
		}
		got := f.named(t, "person403")
		want := identity.AttributeValues{"badge": {"b403"}, "teams": {"x"}, "level": {"403"}}
		if diff := cmp.Diff(want, f.attributesOf(t, "person403")["person403"]); diff != "" || got.Email != "p403@example.org" || got.Version != 2 {
			t.Errorf("%+v %s", got, diff)
		}
		if n := fmt.Sprint(f.lastChanges(t, "person403")["attributes.badge"]); n != "{<nil> [b403]}" {
			t.Error(n)
		}
	})
}

// TestRowsOfAnImportFollowEachOther: in one portion, what one gives up another takes, one who is new is changed, and one who is
// deactivated is signed out.
func TestRowsOfAnImportFollowEachOther(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.declareForImports(t, anyBadge)
		f.user(t, "root", administrator)
		badge := func(text string) func(*admin.NewUser) {
			return func(n *admin.NewUser) { n.Attributes = identity.AttributeValues{"badge": {text}} }
		}
		f.user(t, "ann", badge("A1"))
		ben := f.user(t, "ben", badge("B1"))
		session := f.signIn(t, ben)
		row := func(name, more string) string {
			return fmt.Sprintf(`{"username":%q,"email":"%s@example.org",%s}`, name, name, more)
		}
		upsert := admin.ImportUsers{Format: admin.ImportJSONLines, Mode: admin.ImportUpsertByUsername}
		job := f.imported(f.ctx, t, upsert, strings.Join([]string{
			row("ann", `"attributes":{"badge":"A2"}`),
			row("new", `"attributes":{"badge":"a1"}`),
			row("ben", `"active":false,"attributes":{"badge":null,"level":1}`),
			row("ann", `"nickname":"A","attributes":{"badge":"B1","teams":["x"]}`),
			row("new", `"nickname":"N","attributes":{"level":2}`),
			row("ben", `"attributes":{"badge":"A1"}`),
			row("ben", `"attributes":{"level":1}`),
		}, "\n"))
		if want := (identity.TransferCounts{Processed: 7, Created: 1, Updated: 4, Unchanged: 1, Failed: 1}); job.Counts != want {
			t.Errorf("%+v", job.Counts)
		}
		wantSame(t, f.failures(t, job), []string{"6 attributes.badge: attributes.badge is the value of another user."})
		wantSame(t, f.attributesOf(t, "ann", "ben", "new"), map[string]identity.AttributeValues{
			"ann": {"badge": {"B1"}, "teams": {"x"}}, "ben": {"level": {"1"}}, "new": {"badge": {"a1"}, "level": {"2"}},
		})
		ann, fresh := f.named(t, "ann"), f.named(t, "new")
		if ann.Version != 3 || ann.Claims.Nickname != "A" || fresh.Version != 2 || fresh.Claims.Nickname != "N" || f.named(t, "ben").Active {
			t.Errorf("%+v\n%+v", ann, fresh)
		}
		if ended := f.session(t, session.Session.ID); ended.EndReason != identity.EndDeactivated {
			t.Errorf("%+v", ended)
		}
		if n := f.events(t, identity.ActionUserUpdated); n != 4 {
			t.Errorf("%d events", n)
		}
	})
}

// TestAnImportOfAttributesCostsNoStatementPerRow: also where every value is another's.
func TestAnImportOfAttributesCostsNoStatementPerRow(t *testing.T) {
	t.Parallel()
	cost := func(rows int) int {
		f := newFixture(t)
		f.declareForImports(t, func(d *identity.AttributeDefinition) { d.Pattern = "" })
		var file strings.Builder
		for i := range rows {
			fmt.Fprintf(&file, `{"username":"user%d","email":"u%d@example.org","attributes":{"badge":"b%d","level":%d}}`+"\n", i, i, i/2, i)
		}
		var counter *store.Counter
		f.ctx, counter = store.CountStatements(f.ctx)
		job := f.imported(f.ctx, t, jsonLines, file.String())
		if want := (identity.TransferCounts{Processed: rows, Created: rows / 2, Failed: rows / 2}); job.Counts != want {
			t.Fatalf("%+v", job.Counts)
		}
		return len(counter.Operations())
	}
	if few, many := cost(4), cost(400); many != few {
		t.Errorf("%d statements for 4 rows, %d for 400", few, many)
	}
}
