package tests

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// The tests of the admin API follow the scenarios that the predecessor's users know; ≠ marks what is meant to be
// different.

func TestAdminCreatesUsers(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		t.Run("a minimal user has the defaults", func(t *testing.T) {
			payload := a.create(t, "minimal", nil)
			user := dig(payload, "user").(object)
			for name, want := range map[string]any{
				"active": true, "verified": false, "admin": false, "requiresPasswordChange": false, "activeSessionCount": 0.0, "version": 1.0,
				"createdBy": "admin", "name": "minimal", "address": nil,
			} {
				if user[name] != want {
					t.Errorf("%s: %v", name, user[name])
				}
			}
			if dig(payload, "temporaryPassword") != nil || user["id"] != "usr_"+user["sub"].(string) {
				t.Error(payload)
			}
			a.signIn(t, "minimal", harness.BobPassword)
		})
		t.Run("flags are kept", func(t *testing.T) {
			user := dig(a.create(t, "flagged", object{"admin": true, "verified": true, "active": false}), "user").(object)
			if user["admin"] != true || user["verified"] != true || user["active"] != false {
				t.Error(user)
			}
		})
		t.Run("a generated password has four classes and must be changed", func(t *testing.T) {
			payload := a.create(t, "generated", object{"password": object{"generateTemporary": true}, "requiresPasswordChange": false})
			password, _ := dig(payload, "temporaryPassword").(string)
			if !fourClasses(password) || dig(payload, "user", "requiresPasswordChange") != true {
				t.Error(payload)
			}
			// ≠ at the origin the change was only a flag
			b := harness.NewBrowser(t, a.Node)
			b.Get(harness.NewParty(t, a.Node, "web").AuthURL())
			b.SignIn("generated", password)
			if !b.Has("password-submit") {
				t.Errorf("no change is asked for: %s", b.Text())
			}
		})
		t.Run("every claim is kept, the birthdate too (≠)", func(t *testing.T) {
			claims := object{
				"name": "Ada Byron", "givenName": "Ada", "familyName": "Byron", "middleName": "K", "nickname": "Countess",
				"preferredUsername": "ada", "profile": "https://a.example/p", "picture": "https://a.example/i", "website": "https://a.example",
				"gender": "female", "birthdate": "1815-12-10", "zoneinfo": "Europe/London", "locale": "en-GB", "phoneNumber": "+442071234567",
				"phoneNumberVerified": true, "address": object{
					"formatted": "12 St James's Square\nLondon", "streetAddress": "12 St James's Square", "locality": "London", "region": "Westminster",
					"postalCode": "SW1Y 4JH", "country": "GB",
				},
			}
			user := dig(a.create(t, "ada", claims), "user").(object)
			for name, want := range claims {
				if diff := cmp.Diff(want, user[name]); diff != "" {
					t.Error(name, diff)
				}
			}
			data := a.run(t, `{users(filter:{username:{eq:"ada"}}){nodes{birthdate}}}`)
			if dig(data, "users", "nodes", 0, "birthdate") != "1815-12-10" {
				t.Error(data)
			}
		})
		a.create(t, "taken", nil)
		for name, c := range map[string]struct {
			username string
			more     object
			want     string
		}{
			"a username that exists":                  {"taken", object{"email": "x@example.org"}, "USER_ALREADY_EXISTS username"},
			"≠ also in another case":                  {"TAKEN", object{"email": "x@example.org"}, "USER_ALREADY_EXISTS username"},
			"an address that exists":                  {"free", object{"email": "taken@example.org"}, "USER_ALREADY_EXISTS email"},
			"≠ that address in another case":          {"free", object{"email": "Taken@Example.org"}, "USER_ALREADY_EXISTS email"},
			"a short password":                        {"free", object{"password": object{"password": "Ab1!"}}, "PASSWORD_POLICY_VIOLATION password"},
			"≠ a common one":                          {"free", object{"password": object{"password": "Password1!"}}, "PASSWORD_POLICY_VIOLATION password"},
			"≠ the username as password":              {"free-as-a-bird", object{"password": object{"password": "free-as-a-bird"}}, "PASSWORD_POLICY_VIOLATION password"},
			"neither password nor a generated one":    {"free", object{"password": object{"generateTemporary": false}}, "MISSING_REQUIRED_FIELD password"},
			"a bad username":                          {"a b", object{"email": "x@example.org"}, "VALIDATION_FAILED username"},
			"a username with a line break at the end": {"name\n", object{"email": "x@example.org"}, "VALIDATION_FAILED username"},
			"a bad address":                           {"free", object{"email": "nobody"}, "VALIDATION_FAILED email"},
			"≠ a bad birthdate":                       {"free", object{"birthdate": "yesterday"}, "VALIDATION_FAILED birthdate"},
			"≠ a long locale":                         {"free", object{"locale": strings.Repeat("x", 200)}, "VALIDATION_FAILED locale"},
			"≠ NUL in a name":                         {"free", object{"givenName": "a\x00"}, "VALIDATION_FAILED givenName"},
		} {
			if got := problems(a.create(t, c.username, c.more)); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		for name, input := range map[string]object{
			"no username":           {"email": "x@example.org", "password": object{"password": harness.BobPassword}},
			"no address":            {"username": "free", "password": object{"password": harness.BobPassword}},
			"no password":           {"username": "free", "email": "x@example.org"},
			"two sorts of password": {"username": "free", "email": "x@example.org", "password": object{"password": harness.BobPassword, "generateTemporary": true}},
			"no sort of password":   {"username": "free", "email": "x@example.org", "password": object{}},
			"an unknown field":      {"username": "free", "email": "x@example.org", "password": object{"generateTemporary": true}, "role": "x"},
		} {
			answer := a.try(t, createDocument, "input", input)
			if answer.Status != 400 || dig(answer.Body, "errors", 0, "extensions", "code") != "INVALID_INPUT" || strings.Contains(answer.Text, harness.BobPassword) {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
			}
		}
		a.create(t, "with-hyphen", nil) // ≠ a hyphen is allowed
		input := object{"username": "free", "email": "x@example.org", "password": object{"generateTemporary": true}}
		a.refuses(t, identity.ScopeUsersWrite, createDocument, "input", input)
		if data := a.run(t, `{user(by:{username:"free"}){id}}`); data["user"] != nil {
			t.Error("a refused one was created")
		}
	})
}

// fourClasses reports whether a temporary password has its twelve characters with upper and lower case, a digit and
// another.
func fourClasses(password string) bool {
	return len(password) == 12 && strings.ContainsFunc(password, unicode.IsUpper) && strings.ContainsFunc(password, unicode.IsLower) &&
		strings.ContainsFunc(password, unicode.IsDigit) &&
		strings.ContainsFunc(password, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func TestAdminUpdatesUsers(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "bob", object{"givenName": "Bob", "nickname": "Bobby"})
		self, _ := dig(a.run(t, "{me{id}}"), "me", "id").(string)
		a.create(t, "taken", nil)

		user := dig(a.update(t, id, `"username":"robert","email":"Robert@example.org","verified":true,"admin":true,"locale":"nb-NO"`), "user")
		want := object{
			"username": "robert", "email": "Robert@example.org", "active": true, "verified": true, "admin": true, "requiresPasswordChange": false,
			"version": 2.0, "givenName": "Bob", "nickname": "Bobby", "birthdate": nil, "locale": "nb-NO",
		}
		if diff := cmp.Diff(want, user); diff != "" {
			t.Error("others are unchanged", diff)
		}
		if user := dig(a.update(t, id, `"nickname":null,"birthdate":"0000-02-29"`), "user"); dig(user, "nickname") != nil ||
			dig(user, "birthdate") != "0000-02-29" || dig(user, "givenName") != "Bob" {
			t.Errorf("≠ null clears: %v", user)
		}
		before := tokensOf(a.signIn(t, "robert", harness.BobPassword))
		a.update(t, id, `"password":"an entirely new password 9"`)
		before.refusedAt(t, a.Node) // ≠ a new password ends what there was
		a.signIn(t, "robert", "an entirely new password 9")
		for members, code := range map[string]string{
			`"username":"TAKEN"`:                        "USER_ALREADY_EXISTS username",
			`"email":"taken@example.org"`:               "USER_ALREADY_EXISTS email",
			`"expectedVersion":9`:                       "MISSING_REQUIRED_FIELD",
			`"expectedVersion":9,"nickname":"x"`:        "VERSION_CONFLICT expectedVersion", // ≠ there were no versions
			`"username":null`:                           "MISSING_REQUIRED_FIELD username",
			`"username":null,"email":null,"admin":null`: "MISSING_REQUIRED_FIELD admin, MISSING_REQUIRED_FIELD email, MISSING_REQUIRED_FIELD username",
			`"zoneinfo":"Mars/Olympus"`:                 "VALIDATION_FAILED zoneinfo",
			`"password":"password"`:                     "PASSWORD_POLICY_VIOLATION password",
		} {
			if got := problems(a.update(t, id, members)); got != code {
				t.Errorf("%s: %q, want %q", members, got, code)
			}
		}
		for _, members := range []string{`"admin":false`, `"active":false`} { // ≠ the second was possible
			if got := problems(a.update(t, self, members)); got != "SELF_ADMIN_REVOKE_DENIED" {
				t.Errorf("oneself %s: %q", members, got)
			}
		}
		tokens := tokensOf(a.signIn(t, "robert", "an entirely new password 9"))
		a.update(t, id, `"active":false`)
		tokens.refusedAt(t, a.Node) // ≠ tokens stayed good
		if got := problems(a.update(t, "usr_019d3751-c1ab-7000-8000-000000000000", `"nickname":"x"`)); got != "USER_NOT_FOUND id" {
			t.Errorf("nobody: %q", got)
		}
		a.refuses(t, identity.ScopeUsersWrite, `mutation($id:ID!){updateUser(input:{id:$id,nickname:"x"}){user{id}}}`, "id", id)
	})
}

func tokensOf(_ *harness.Browser, k tokens) tokens { return k }

func TestAdminDeletesUsers(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		self, _ := dig(a.run(t, "{me{id}}"), "me", "id").(string)
		id := a.added(t, "bob", nil)
		tokens := tokensOf(a.signIn(t, "bob", harness.BobPassword))
		payload := a.remove(t, id)
		if dig(payload, "deletedUserId") != id || dig(payload, "removed", "sessions") != 1.0 || dig(payload, "removed", "grants") != 1.0 ||
			dig(payload, "removed", "consents") != 1.0 {
			t.Errorf("≠ it says what went along: %v", payload)
		}
		tokens.refusedAt(t, a.Node)
		if data := a.run(t, "query($id:ID!){user(by:{id:$id}){id} node(id:$id){id}}", "id", id); data["user"] != nil || data["node"] != nil {
			t.Error(data)
		}
		if got := problems(a.remove(t, id)); got != "USER_NOT_FOUND id" {
			t.Errorf("a second time: %q", got)
		}
		if got := problems(a.remove(t, self)); got != "SELF_ADMIN_REVOKE_DENIED" {
			t.Errorf("≠ oneself: %q", got)
		}
		second := a.added(t, "second", object{"admin": true})
		inactive := a.added(t, "inactive", object{"admin": true, "active": false})
		other := administration{Node: a.Node, token: harness.NewParty(t, a.Node, "console", every()...).
			Tokens(harness.NewBrowser(t, a.Node), "second", harness.BobPassword).AccessToken}
		if got := problems(other.update(t, self, `"active":false`)); got != "" {
			t.Errorf("the first of two active administrators: %q", got)
		}
		for _, members := range []string{`"admin":false`, `"active":false`} {
			if got := problems(other.update(t, second, members)); got != "SELF_ADMIN_REVOKE_DENIED" {
				t.Errorf("the last one: %q", got)
			}
		}
		// ≠ only active administrators count: somebody who is not the last one's self cannot take the last one away either.
		operator := identity.WithActor(t.Context(), identity.SystemActor("test"))
		n := a.User(t, "second")
		_, err := a.Server.Admin.Users.Delete(operator, n.ID, admin.DeleteUserOptions{})
		if identity.AsError(err).Code != identity.CodeLastAdmin {
			t.Errorf("the last active administrator, beside %s and %s: %v", self, inactive, err)
		}
		if got := problems(other.remove(t, self)); got != "" {
			t.Errorf("an inactive administrator can be deleted: %q", got)
		}
		administration{Node: a.Node, token: other.token}.run(t, "{me{username}}")
	})
}

func TestAdminResetsPasswords(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "bob", object{"nickname": "Bobby"})
		tokens := tokensOf(a.signIn(t, "bob", harness.BobPassword))
		a.signIn(t, "bob", harness.BobPassword)
		const document = `mutation($id:ID!){resetUserPassword(input:{id:$id}){user{username nickname requiresPasswordChange activeSessionCount}
			temporaryPassword endedSessions endedGrants userErrors{code message path}}}`
		data := a.run(t, document, "id", id)["resetUserPassword"]
		first, _ := dig(data, "temporaryPassword").(string)
		want := object{"username": "bob", "nickname": "Bobby", "requiresPasswordChange": true, "activeSessionCount": 0.0}
		if diff := cmp.Diff(want, dig(data, "user")); diff != "" || dig(data, "endedSessions") != 2.0 || dig(data, "endedGrants") != 2.0 || !fourClasses(first) {
			t.Error(diff, data)
		}
		tokens.refusedAt(t, a.Node) // ≠ the refresh token too
		second, _ := dig(a.run(t, document, "id", id), "resetUserPassword", "temporaryPassword").(string)
		if first == second {
			t.Error("the same password twice")
		}
		b := harness.NewBrowser(t, a.Node)
		b.Get(harness.NewParty(t, a.Node, "web").AuthURL())
		for _, old := range []string{harness.BobPassword, first} {
			b.SignIn("bob", old)
			if !b.Has("login-submit") {
				t.Fatalf("an old password works: %s", b.Text())
			}
		}
		b.SignIn("bob", second)
		if !b.Has("password-submit") {
			t.Errorf("≠ the change is not asked for: %s", b.Text())
		}
		if strings.Contains(a.Logs.String(), first) || strings.Contains(db.Dump(t), second) {
			t.Error("a temporary password is in the log or in the database")
		}
		got := a.run(t, document, "id", "usr_nobody")["resetUserPassword"]
		if problems(got) != "USER_NOT_FOUND id" || dig(got, "temporaryPassword") != nil {
			t.Error(got)
		}
		a.refusesWithout(t, []string{identity.ScopeUsersWrite, identity.ScopeUsersReset}, document, "id", id)
	})
}

func TestAdminVerifies(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	id := a.added(t, "bob", nil)
	a.signIn(t, "bob", harness.BobPassword)
	for _, verified := range []bool{true, false} {
		data := a.run(t, "mutation($id:ID!,$v:Boolean!){setUserVerified(input:{id:$id,verified:$v}){user{emailVerified}}}", "id", id, "v", verified)
		if dig(data, "setUserVerified", "user", "emailVerified") != verified {
			t.Error(data)
		}
	}
}

// TestAdminReadsAUser: the details, with the number of sessions that the user has.
func TestAdminReadsAUser(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "bob", nil)
		for range 3 {
			a.signIn(t, "bob", harness.BobPassword)
		}
		data := a.run(t, `query($id:ID!){user(by:{id:$id}){username activeSessionCount failedAttempts lastLoginAt lastLoginIp passwordChangedAt
			createdBy grants{client{clientId} scopes offline sessionId} auditEvents{nodes{action}}}}`, "id", id)["user"]
		if dig(data, "activeSessionCount") != 3.0 || dig(data, "lastLoginAt") == nil || dig(data, "lastLoginIp") != "127.0.0.1" ||
			dig(data, "createdBy") != "admin" || dig(data, "grants", 2, "client", "clientId") != "web" || dig(data, "grants", 0, "offline") != true {
			t.Error(data)
		}
		events := dig(data, "auditEvents", "nodes").([]any)
		if dig(events[len(events)-1], "action") != "user.created" {
			t.Error(events)
		}
		if data := a.run(t, `{user(by:{id:"usr_019d3751-c1ab-7000-8000-000000000000"}){id}}`); data["user"] != nil {
			t.Error(data)
		}
		a.refuses(t, identity.ScopeUsersRead, "query($id:ID!){user(by:{id:$id}){id}}", "id", id)
	})
}

func TestAdminListsUsers(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		var users []admin.DesiredUser
		for i := range 58 { // with admin and alice 60
			u := admin.DesiredUser{NewUser: admin.NewUser{
				Username: fmt.Sprintf("user%02d", i), Email: fmt.Sprintf("user%02d@list.example", i), Password: harness.BobPassword,
				Inactive: i%2 == 1, Verified: i%3 == 0, Claims: identity.Claims{GivenName: "G", Locale: "en"},
			}}
			if i == 7 {
				u.Claims = identity.Claims{GivenName: "100%", FamilyName: "under_score", Birthdate: "1990-01-02", Locale: "en-GB", Zoneinfo: "Europe/Oslo"}
			}
			users = append(users, u)
		}
		a.Apply(t, admin.Desired{Users: users})
		seen := map[any]bool{}
		sizes := []int{}
		after := any(nil)
		for range 5 {
			data := a.run(t, "query($after:String){users(first:25,after:$after){nodes{id} pageInfo{hasNextPage endCursor} totalCount{value precision}}}",
				"after", after)["users"]
			nodes := dig(data, "nodes").([]any)
			for _, node := range nodes {
				if seen[dig(node, "id")] {
					t.Error("≠ somebody is on two pages")
				}
				seen[dig(node, "id")] = true
			}
			sizes = append(sizes, len(nodes))
			if dig(data, "totalCount", "value") != 60.0 || dig(data, "totalCount", "precision") != "EXACT" {
				t.Errorf("≠ every page has the total, also the one past the end: %v", dig(data, "totalCount"))
			}
			if len(nodes) > 0 {
				after = dig(data, "pageInfo", "endCursor")
			}
		}
		if diff := cmp.Diff([]int{25, 25, 10, 0, 0}, sizes); diff != "" {
			t.Error(diff)
		}
		for filter, want := range map[string]float64{
			`{}`:                                      60,
			`{username:{contains:"ser0"}}`:            10,
			`{username:{contains:"SER0"}}`:            10,
			`{email:{contains:"list.example"}}`:       58,
			`{givenName:{contains:"00%"}}`:            1, // ≠ literal
			`{givenName:{startsWith:"%"}}`:            0,
			`{familyName:{contains:"r_s"}}`:           1,
			`{familyName:{contains:"_____"}}`:         0,
			`{active:true}`:                           31,
			`{active:false}`:                          29,
			`{verified:true,admin:false}`:             21,
			`{admin:true}`:                            1,
			`{requiresPasswordChange:true}`:           0,
			`{locale:{eq:"en"}}`:                      57,
			`{zoneinfo:{eq:"Europe/Oslo"}}`:           2,
			`{locale:{eq:"xx"}}`:                      0,
			`{lastLoginAt:{isNull:false}}`:            1,
			`{lastLoginAt:{gte:"2000-01-01T00:00Z"}}`: -1,
			`{lastLoginAt:{gte:"2000-01-01T00:00:00Z",lt:"2100-01-01T00:00:00+02:00"}}`: 1,
			`{createdAt:{gte:"2100-01-01T00:00:00Z"}}`:                                  0,
			`{hasActiveSessions:true}`:                                                  1,
			`{locked:true}`:                                                             0,
			`{active:false,username:{contains:"ser0"}}`:                                 5,
			`{or:[{admin:true},{username:{eq:"user01"}}]}`:                              2,
			`{not:{email:{contains:"list.example"}}}`:                                   2,
		} {
			answer := a.try(t, "{users(filter:"+filter+"){nodes{active} totalCount{value}}}")
			got := dig(answer.Body, "data", "users", "totalCount", "value")
			if want < 0 && answer.Status != 400 || want >= 0 && got != want {
				t.Errorf("%s: want %v, got %d %.200s", filter, want, answer.Status, answer.Text)
			}
			if filter == `{active:true}` && strings.Contains(answer.Text, `"active":false`) {
				t.Error("an inactive user among the active")
			}
		}
		if data := a.run(t, `{users(search:"under_s"){nodes{username birthdate}}}`); dig(data, "users", "nodes", 0, "birthdate") != "1990-01-02" {
			t.Errorf("≠ a user with a birthdate can be listed: %v", data)
		}
		a.refuses(t, identity.ScopeUsersRead, "{users{nodes{id}}}")
	})
}
