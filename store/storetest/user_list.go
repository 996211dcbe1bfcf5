package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// population is how many users the walks go through: enough for many pages and ties.
const population = 200

func userLists(r *runner) {
	for _, field := range []identity.UserOrderField{
		identity.UserOrderCreatedAt, identity.UserOrderUpdatedAt, identity.UserOrderLastLoginAt, identity.UserOrderUsername,
		identity.UserOrderEmail, identity.UserOrderName,
	} {
		r.run(fmt.Sprintf("pages by %s meet everybody once in both directions", field), func(f *fixture) {
			all := f.populate()
			f.walks(sorted(all, field), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
				q := identity.UserQuery{Order: identity.UserOrder{Field: field, Descending: !ascending}, Range: page, Now: f.now}
				return cursorKeys(f, must(f.store.Users(f.ctx, q))(f), func(u identity.User) uuid.UUID { return u.ID })
			})
		})
	}
	r.run("a position survives changes of the list around it", func(f *fixture) {
		all := f.populate()
		order := identity.UserOrder{Field: identity.UserOrderCreatedAt}
		want := sorted(all, order.Field)
		page := must(f.store.Users(f.ctx, identity.UserQuery{Order: order, Range: identity.KeysetRange{Limit: 10}, Now: f.now}))(f)
		f.noError(f.store.DeleteUser(f.ctx, page[9].Item.ID))
		f.user(func(u *identity.User) { u.CreatedAt = f.now.Add(-time.Hour) })
		next := must(f.store.Users(f.ctx, identity.UserQuery{
			Order: order, Range: identity.KeysetRange{Limit: 10, After: &page[9].CursorKey}, Now: f.now,
		}))(f)
		f.equal(ids(next), want[10:20])
	})
	r.run("a position that is none of this list is refused", func(f *fixture) {
		_, err := f.store.Users(f.ctx, identity.UserQuery{
			Order: identity.UserOrder{Field: identity.UserOrderCreatedAt}, Now: f.now,
			Range: identity.KeysetRange{Limit: 1, After: &identity.CursorKey{Key: "yesterday"}},
		})
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "after" {
			f.Fatalf("got %v", err)
		}
		_, err = f.store.Users(f.ctx, identity.UserQuery{Order: identity.UserOrder{Field: "PASSWORD"}, Range: identity.KeysetRange{Limit: 1}})
		if e := identity.AsError(err); e.Kind != identity.Invalid {
			f.Fatalf("got %v", err)
		}
	})
	r.run("a count stops one beyond its limit", func(f *fixture) {
		for range 5 {
			f.user()
		}
		for limit, want := range map[int]int{0: 1, 3: 4, 4: 5, 5: 5, 100: 5} {
			f.equal(must(f.store.CountUsers(f.ctx, identity.UserQuery{Now: f.now}, limit))(f), want)
		}
	})
	r.run("filters select who they say", filters)
	r.run("a search finds substrings of three characters and beginnings of less", searches)
	r.run("people are found as they are written", wordSearches)
}

// populate makes users with ties, missing values and names that differ in case only between them.
func (f *fixture) populate() []identity.User {
	f.Helper()
	var all []identity.User
	f.noError(f.inTx(func(tx *fixture) error {
		for i := range population {
			u := tx.newUser(func(u *identity.User) {
				u.Username = fmt.Sprintf("%s%03d", []string{"Zoë", "anna", "ANNA", "é", "_", "%"}[i%6], (i*37)%population)
				u.Email = fmt.Sprintf("%03dX@Example.org", (i*91)%population)
				u.CreatedAt = start.Add(time.Duration(i/5) * time.Millisecond * 250) // five share one, some without fraction
				u.UpdatedAt = start.Truncate(time.Second).Add(time.Duration(i*7%50) * 100 * time.Millisecond)
				if i%3 > 0 {
					u.LastLoginAt = ptr(start.Add(time.Duration(i*13%40) * time.Second))
				}
				if i%4 == 0 {
					u.Claims.Name = []string{"Same Name", "same name", "Ångström", "Zz"}[i/4%4]
				}
			})
			tx.noError(tx.store.InsertUser(tx.ctx, u))
			all = append(all, u)
		}
		return nil
	}))
	return all
}

// sorted returns the ids in the ascending order that a list must have.
func sorted(all []identity.User, field identity.UserOrderField) []uuid.UUID {
	list := slices.Clone(all)
	slices.SortFunc(list, func(a, b identity.User) int {
		last := func(u identity.User) time.Time {
			if u.LastLoginAt == nil {
				return time.Time{}
			}
			return *u.LastLoginAt
		}
		var c int
		switch field {
		case identity.UserOrderCreatedAt:
			c = a.CreatedAt.Compare(b.CreatedAt)
		case identity.UserOrderUpdatedAt:
			c = a.UpdatedAt.Compare(b.UpdatedAt)
		case identity.UserOrderLastLoginAt:
			c = last(a).Compare(last(b))
		case identity.UserOrderUsername:
			c = cmp.Compare(strings.ToLower(a.Username), strings.ToLower(b.Username))
		case identity.UserOrderEmail:
			c = cmp.Compare(strings.ToLower(a.Email), strings.ToLower(b.Email))
		case identity.UserOrderName:
			c = cmp.Compare(strings.ToLower(a.DisplayName()), strings.ToLower(b.DisplayName()))
		}
		if c == 0 {
			c = slices.Compare(a.ID[:], b.ID[:])
		}
		return c
	})
	out := make([]uuid.UUID, len(list))
	for i, u := range list {
		out[i] = u.ID
	}
	return out
}

func ids(rows []identity.ListRow[identity.User]) []uuid.UUID {
	out := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		if row.CursorKey.ID != row.Item.ID {
			return nil
		}
		out[i] = row.Item.ID
	}
	return out
}

// found lists the usernames that a query selects.
func (f *fixture) found(q identity.UserQuery) []string {
	f.Helper()
	q.Order, q.Range, q.Now = identity.UserOrder{Field: identity.UserOrderUsername}, identity.KeysetRange{Limit: 100}, f.now
	names := []string{}
	for _, row := range must(f.store.Users(f.ctx, q))(f) {
		names = append(names, row.Item.Username)
	}
	if n := must(f.store.CountUsers(f.ctx, q, 100))(f); n != len(names) {
		f.Fatalf("the list has %d users, the count says %d", len(names), n)
	}
	return names
}

func filters(f *fixture) {
	later, earlier := f.now.Add(time.Hour), f.now.Add(-time.Hour)
	f.user(func(u *identity.User) {
		u.Username, u.Email, u.Admin, u.Verified, u.LastLoginAt = "Anna", "anna@one.org", true, true, &f.now
		u.Claims = identity.Claims{GivenName: "Anna", FamilyName: "100%_Sure", Locale: "nb-NO", Zoneinfo: "Europe/Oslo"}
	})
	f.user(func(u *identity.User) {
		u.Username, u.Email, u.Active, u.LockedUntil, u.LastLoginAt = "bob", "bob@two.org", false, &later, &earlier
		u.Claims = identity.Claims{GivenName: `B"o'b\`, FamilyName: "100xySure", Locale: "en"}
		u.CreatedAt, u.UpdatedAt = earlier, earlier
	})
	carl := f.user(func(u *identity.User) {
		u.Username, u.Email, u.LockedUntil, u.RequiresPasswordChange = "carl", "carl@two.org", &f.now, true
	})
	f.session(carl.ID)
	f.session(carl.ID, func(s *identity.Session) { s.EndedAt = &f.now })
	bob := must(f.store.UserByUsername(f.ctx, "bob"))(f)
	f.session(bob.ID, func(s *identity.Session) { s.EndedAt = &f.now })
	f.session(bob.ID, func(s *identity.Session) { s.ExpiresAt = f.now })

	match := func(m identity.StringMatch) *identity.StringMatch { return &m }
	between := func(m identity.TimeMatch) *identity.TimeMatch { return &m }
	yes, no := ptr(true), ptr(false)
	for name, c := range map[string]struct {
		filter identity.UserFilter
		want   []string
	}{
		"nothing set":                {identity.UserFilter{}, []string{"Anna", "bob", "carl"}},
		"empty lists":                {identity.UserFilter{And: []identity.UserFilter{}, Or: []identity.UserFilter{}}, []string{"Anna", "bob", "carl"}},
		"equal in another case":      {identity.UserFilter{Username: match(identity.StringMatch{Equal: ptr("aNNA")})}, []string{"Anna"}},
		"not equal":                  {identity.UserFilter{Username: match(identity.StringMatch{NotEqual: ptr("ANNA")})}, []string{"bob", "carl"}},
		"not equal without a value":  {identity.UserFilter{GivenName: match(identity.StringMatch{NotEqual: ptr("anna")})}, []string{"bob", "carl"}},
		"in":                         {identity.UserFilter{Email: match(identity.StringMatch{In: []string{"BOB@two.org", "carl@two.org", "x"}})}, []string{"bob", "carl"}},
		"in nothing":                 {identity.UserFilter{Email: match(identity.StringMatch{In: []string{}})}, []string{}},
		"contains":                   {identity.UserFilter{Email: match(identity.StringMatch{Contains: ptr("@TWO")})}, []string{"bob", "carl"}},
		"contains two characters":    {identity.UserFilter{Email: match(identity.StringMatch{Contains: ptr("@t")})}, []string{"bob", "carl"}},
		"contains nothing":           {identity.UserFilter{Email: match(identity.StringMatch{Contains: ptr("")})}, []string{"Anna", "bob", "carl"}},
		"contains in another column": {identity.UserFilter{Username: match(identity.StringMatch{Contains: ptr("@two")})}, []string{}},
		"contains a wildcard":        {identity.UserFilter{FamilyName: match(identity.StringMatch{Contains: ptr("100%_s")})}, []string{"Anna"}},
		"contains % alone":           {identity.UserFilter{FamilyName: match(identity.StringMatch{Contains: ptr("%")})}, []string{"Anna"}},
		"contains quotes":            {identity.UserFilter{GivenName: match(identity.StringMatch{Contains: ptr(`b"O'B\`)})}, []string{"bob"}},
		"contains a backslash":       {identity.UserFilter{GivenName: match(identity.StringMatch{Contains: ptr(`\`)})}, []string{"bob"}},
		"starts with":                {identity.UserFilter{FamilyName: match(identity.StringMatch{StartsWith: ptr("100X")})}, []string{"bob"}},
		"starts with a wildcard":     {identity.UserFilter{FamilyName: match(identity.StringMatch{StartsWith: ptr("100_")})}, []string{}},
		"no given name":              {identity.UserFilter{GivenName: match(identity.StringMatch{IsNull: yes})}, []string{"carl"}},
		"a given name":               {identity.UserFilter{GivenName: match(identity.StringMatch{IsNull: no})}, []string{"Anna", "bob"}},
		"locale":                     {identity.UserFilter{Locale: match(identity.StringMatch{Equal: ptr("NB-no")})}, []string{"Anna"}},
		"zone":                       {identity.UserFilter{Zoneinfo: match(identity.StringMatch{Contains: ptr("oslo")})}, []string{"Anna"}},
		"two conditions on one":      {identity.UserFilter{Email: match(identity.StringMatch{Contains: ptr("two.org"), StartsWith: ptr("c")})}, []string{"carl"}},
		"a NUL":                      {identity.UserFilter{Email: match(identity.StringMatch{Contains: ptr("a\x00b")})}, []string{}},
		"equal to a NUL":             {identity.UserFilter{Email: match(identity.StringMatch{Equal: ptr("\x00")})}, []string{}},
		"not equal to a NUL":         {identity.UserFilter{Email: match(identity.StringMatch{NotEqual: ptr("\x00")})}, []string{"Anna", "bob", "carl"}},
		"question marks":             {identity.UserFilter{Email: match(identity.StringMatch{Equal: ptr("?0 ?TableName $1")})}, []string{}},
		"active":                     {identity.UserFilter{Active: yes}, []string{"Anna", "carl"}},
		"not active":                 {identity.UserFilter{Active: no}, []string{"bob"}},
		"verified":                   {identity.UserFilter{Verified: yes}, []string{"Anna"}},
		"administrators":             {identity.UserFilter{Admin: yes}, []string{"Anna"}},
		"password change":            {identity.UserFilter{RequiresPasswordChange: yes}, []string{"carl"}},
		"locked":                     {identity.UserFilter{Locked: yes}, []string{"bob"}},
		"not locked":                 {identity.UserFilter{Locked: no}, []string{"Anna", "carl"}},
		"with active sessions":       {identity.UserFilter{HasActiveSessions: yes}, []string{"carl"}},
		"without active sessions":    {identity.UserFilter{HasActiveSessions: no}, []string{"Anna", "bob"}},
		"created from":               {identity.UserFilter{CreatedAt: between(identity.TimeMatch{From: &f.now})}, []string{"Anna", "carl"}},
		"created before":             {identity.UserFilter{CreatedAt: between(identity.TimeMatch{Before: &f.now})}, []string{"bob"}},
		"updated between":            {identity.UserFilter{UpdatedAt: between(identity.TimeMatch{From: &earlier, Before: &f.now})}, []string{"bob"}},
		"signed in before":           {identity.UserFilter{LastLoginAt: between(identity.TimeMatch{Before: &later})}, []string{"Anna", "bob"}},
		"never signed in":            {identity.UserFilter{LastLoginAt: between(identity.TimeMatch{IsNull: yes})}, []string{"carl"}},
		"has signed in":              {identity.UserFilter{LastLoginAt: between(identity.TimeMatch{IsNull: no})}, []string{"Anna", "bob"}},
		"not signed in before":       {identity.UserFilter{Not: &identity.UserFilter{LastLoginAt: between(identity.TimeMatch{Before: &later})}}, []string{"carl"}},
		"not everybody":              {identity.UserFilter{Not: &identity.UserFilter{}}, []string{}},
		"and":                        {identity.UserFilter{And: []identity.UserFilter{{Active: yes}, {Admin: no}}}, []string{"carl"}},
		"or":                         {identity.UserFilter{Or: []identity.UserFilter{{Admin: yes}, {Active: no}}}, []string{"Anna", "bob"}},
		"or with more beside it":     {identity.UserFilter{Verified: no, Or: []identity.UserFilter{{Admin: yes}, {Active: no}}}, []string{"bob"}},
		"nested": {identity.UserFilter{
			Not: &identity.UserFilter{Or: []identity.UserFilter{{Admin: yes}, {And: []identity.UserFilter{{Active: no}, {Locked: yes}}}}},
		}, []string{"carl"}},
	} {
		if got := f.found(identity.UserQuery{Filter: c.filter}); !slices.Equal(got, c.want) {
			f.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// writtenSearches are searches for people as they write themselves and as others write them: the name that has what is
// searched for, and what finds it.
var writtenSearches = []struct{ given, family, search string }{
	{"Jürgen", "Groß", "jurgen gross"},
	{"Jürgen", "Groß", "GROSS JU\u0308RGEN"},
	{"Ju\u0308rgen", "Gross", "jürgen"},
	{"Søren", "Ångström", "soren angstrom"},
	{"Łukasz", "Żółć", "lukasz zolc"},
	{"Æthelred", "Þórr", "aethelred thor"},
	{"İbrahim", "Işık", "ibrahim isik"},
	{"ΟΔΥΣΣΕΎΣ", "Πάπας", "οδυσσευς παπας"},
	{"Фёдор", "Лев", "федор ле"},
	{"明", "王", "王"},
	{"小明", "王", "小明"},
	{"小明", "王", "小明 王"},
	{"小明", "王", "王小"}, // of the name that is written together
	{"がく", "Ｓａｔｏ", "がく sato"},
	{"ﬁona", "Ｌｅｅ", "Fiona LEE"},
	{"Li", "Wu", "wu li"},
	{"Li", "Wu", "w"},
	{"Mary Ann", "van der Berg", "berg ann"},
	{"김", "민준", "민준"},
	{"김", "민준", "\u1106\u1175\u11ab"},
	{"Zoe\u0301", "K\u212Aing", "zoé kking"},
	{"D'Arcy", "O’Neil", "d'ar o’n"},
}

// wordSearches is one table for both databases.
func wordSearches(f *fixture) {
	other := f.user(func(u *identity.User) { u.Username, u.Email = "other", "other@example.org" })
	for i, c := range writtenSearches {
		name := fmt.Sprintf("somebody-%d", i)
		u := f.user(func(u *identity.User) {
			u.Username, u.Email, u.Claims.GivenName, u.Claims.FamilyName = name, name+"@id.example", c.given, c.family
			if c.family == "王" {
				u.Claims.Name = c.family + c.given
			}
		})
		for _, search := range []string{c.search, " " + c.search + "  ", strings.ToUpper(c.search)} {
			if got := f.found(identity.UserQuery{Search: search}); !slices.Equal(got, []string{name}) {
				f.Errorf("%q %q: %q finds %q", c.given, c.family, search, got)
			}
			if n := must(f.store.CountUsers(f.ctx, identity.UserQuery{Search: search, Now: f.now}, 100))(f); n != 1 {
				f.Errorf("%q %q: %q counts %d", c.given, c.family, search, n)
			}
		}
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
	}
	for _, search := range []string{"か", "ther", "oth", "other ot ther exa"} { //nolint:misspell // a short text only where a word begins
		want := []string{"other"}
		if search == "か" {
			want = []string{}
		}
		f.equal(f.found(identity.UserQuery{Search: search}), want)
	}
	f.equal(f.found(identity.UserQuery{Search: "th"}), []string{})
	f.equal(must(f.store.RefoldUsers(f.ctx, 10))(f), 0)
	f.equal(f.found(identity.UserQuery{Search: "ot"}), []string{other.Username})
}

func searches(f *fixture) {
	f.user(func(u *identity.User) { u.Username, u.Email = "Xaver", "mail@Alpha.org" })
	f.user(func(u *identity.User) {
		u.Username, u.Email, u.Claims.GivenName, u.Claims.FamilyName = "beta", "beta@x.org", "Jürgen", "O'Bri%_en"
	})
	gone := f.user(func(u *identity.User) { u.Username, u.Email = "gone", "gone@alpha.org" })
	f.noError(f.store.DeleteUser(f.ctx, gone.ID))
	moved := f.user(func(u *identity.User) { u.Username, u.Email = "moved", "old@alpha.org" })
	moved.Email = "new@Beta.org"
	f.noError(f.store.UpdateUser(f.ctx, moved))
	f.noError(f.store.RecordSignIn(f.ctx, moved, f.now, "", ""))

	for search, want := range map[string][]string{
		"":              {"beta", "moved", "Xaver"},
		"ALPHA":         {"Xaver"},
		"old@":          {},
		"BETA":          {"beta", "moved"},
		"jürgen o'bri%": {"beta"},
		"%_e":           {"beta"},
		"b_t":           {},
		"___":           {},
		`"be`:           {},
		"org\nx":        {},
		"ha.org":        {"Xaver"},
		"ma":            {"Xaver"},
		"Jü":            {"beta"},
		"a":             {},
		"x":             {"Xaver"},
		"%":             {},
		"be":            {"beta"},
		"rg":            {},
		"a\x00c":        {},
		"\xff\xff\xff":  {},
		"AND OR NOT *":  {},
		"o'bri jürgen":  {"beta"},
		"  beta\t":      {"beta", "moved"},
		" \u3000 ":      {"beta", "moved", "Xaver"},
		"beta alpha":    {},
		"x alpha":       {"Xaver"},
	} {
		if got := f.found(identity.UserQuery{Search: search}); !slices.Equal(got, want) {
			f.Errorf("%q: got %q, want %q", search, got, want)
		}
	}
	f.equal(f.found(identity.UserQuery{Search: "beta", Filter: identity.UserFilter{Username: &identity.StringMatch{StartsWith: ptr("mo")}}}), []string{"moved"})
}
