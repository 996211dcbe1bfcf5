package store

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// trigram is the least length of a text, in characters, that the index for substrings can find.
const trigram = 3

// userKey is how users are ordered by one field.
type userKey struct {
	sortKey
	cursor func(identity.User) string // the text form in a CursorKey
}

var userKeys = map[identity.UserOrderField]userKey{
	identity.UserOrderCreatedAt: {
		sortKey{column: "u.created_at", id: "u.id", time: true},
		func(u identity.User) string { return cursorTime(&u.CreatedAt) },
	},
	identity.UserOrderUpdatedAt: {
		sortKey{column: "u.updated_at", id: "u.id", time: true},
		func(u identity.User) string { return cursorTime(&u.UpdatedAt) },
	},
	identity.UserOrderLastLoginAt: {
		sortKey{column: "u.last_login_key", id: "u.id", time: true},
		func(u identity.User) string { return cursorTime(u.LastLoginAt) },
	},
	identity.UserOrderUsername: {
		sortKey{column: "u.username_key"}, func(u identity.User) string { return fold(u.Username) },
	},
	identity.UserOrderEmail: {
		sortKey{column: "u.email_key"}, func(u identity.User) string { return fold(u.Email) },
	},
	identity.UserOrderName: {
		sortKey{column: "u.name_key", id: "u.id"}, func(u identity.User) string { return fold(u.DisplayName()) },
	},
}

// Users implements identity.UserStore.
func (s *Store) Users(ctx context.Context, q identity.UserQuery) ([]identity.ListRow[identity.User], error) {
	reach, err := s.reach(ctx, q.Within)
	if err != nil {
		return nil, err
	}
	if page, ok, err := s.searchPage(ctx, q, reach); ok || err != nil {
		return page, err
	}
	return s.listUsersBy(ctx, q, func(f userFilter) condition { return and([]condition{f.search(q.Search), reach}) })
}

func (s *Store) listUsersBy(
	ctx context.Context, q identity.UserQuery, search func(userFilter) condition,
) ([]identity.ListRow[identity.User], error) {
	f, err := s.withAttributes(ctx, s.userFilter(q), q.Filter)
	if err != nil {
		return nil, err
	}
	build := func() (*bun.SelectQuery, error) { return s.selectUsers(q, f, search) }
	return listPage(ctx, s, "list users", q.Range, build, func(r userRow) identity.ListRow[identity.User] {
		u := toUser(r)
		return identity.ListRow[identity.User]{Item: u, CursorKey: identity.CursorKey{Key: userKeys[q.Order.Field].cursor(u), ID: u.ID}}
	})
}

func (s *Store) listUsers(q identity.UserQuery) (*bun.SelectQuery, error) {
	return s.selectUsers(q, s.userFilter(q), func(f userFilter) condition { return f.search(q.Search) })
}

func (s *Store) selectUsers(q identity.UserQuery, f userFilter, search func(userFilter) condition) (*bun.SelectQuery, error) {
	key, ok := userKeys[q.Order.Field]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	match := and([]condition{search(f), f.conditions(q.Filter)})
	return key.paginate(s.read().NewSelect().Model((*userRow)(nil)).Where(match.text, match.args...), q.Order.Descending, q.Range)
}

// CountUsers implements identity.UserStore.
func (s *Store) CountUsers(ctx context.Context, q identity.UserQuery, limit int) (int, error) {
	reach, err := s.reach(ctx, q.Within)
	if err != nil {
		return 0, err
	}
	if !s.dialect.plansSearches() && len(patterns(q.Search)) > 0 && searchable(q.Search) {
		return s.count(ctx, "count users", s.countSearch(q, reach), limit)
	}
	f, err := s.withAttributes(ctx, s.userFilter(q), q.Filter)
	if err != nil {
		return 0, err
	}
	return s.count(ctx, "count users", s.countUsers(q, f, reach), limit)
}

// countUsers selects whom CountUsers counts: among those who have the first attribute of the filter, of whom no more are read
// than are counted if nothing else is asked.
func (s *Store) countUsers(q identity.UserQuery, f userFilter, reach condition) *bun.SelectQuery {
	all := s.read().NewSelect().Model((*userRow)(nil))
	if own := q.Filter.Attributes; len(own) > 0 && validText(own[0].Value) {
		all = s.usersWith(own[0]).Join("CROSS JOIN users AS u").Where("u.id = ua.user_id")
		q.Filter.Attributes = own[1:]
	}
	match := and([]condition{f.search(q.Search), f.conditions(q.Filter), reach})
	return all.Where(match.text, match.args...)
}

func (s *Store) userFilter(q identity.UserQuery) userFilter {
	return userFilter{dialect: s.dialect, now: q.Now}
}

// userFilter builds conditions. None of them is ever null, so that NOT means what it says.
type userFilter struct {
	dialect dialect
	now     time.Time
	rare    map[identity.AttributeMatch]bool // whether few users have it
}

var (
	alwaysTrue  = where("1 = 1")
	alwaysFalse = where("1 = 0")
)

// search finds every word of a text, in any order, in username, e-mail address and names; a short one only where a word
// begins.
func (f userFilter) search(text string) condition {
	texts := patterns(text)
	switch {
	case !searchable(text):
		return alwaysFalse
	case len(texts) == 0:
		return alwaysTrue
	}
	return f.dialect.searched(texts)
}

// searchable reports whether a row can have the text: one line that can be stored.
func searchable(text string) bool { return validText(text) && !strings.Contains(text, "\n") }

// indexable reports whether the index for substrings can find a text.
func indexable(text string) bool { return utf8.RuneCountInString(text) >= trigram }

// conditions joins the conditions that are set.
func (f userFilter) conditions(u identity.UserFilter) condition {
	var list []condition
	for _, sub := range u.And {
		list = append(list, f.conditions(sub))
	}
	if len(u.Or) > 0 {
		alternatives := make([]condition, len(u.Or))
		for i, sub := range u.Or {
			alternatives[i] = f.conditions(sub)
		}
		list = append(list, or(alternatives))
	}
	if u.Not != nil {
		list = append(list, not(f.conditions(*u.Not)))
	}
	for _, m := range []struct {
		match   *identity.StringMatch
		column  string // folded, never null
		indexed bool   // part of search_text
	}{
		{u.Username, "u.username_key", true},
		{u.Email, "u.email_key", true},
		{u.GivenName, "u.given_name_key", true},
		{u.FamilyName, "u.family_name_key", true},
		{u.Locale, "lower(u.locale)", false},
		{u.Zoneinfo, "lower(u.zoneinfo)", false},
	} {
		if m.match != nil {
			list = append(list, f.stringConditions(m.column, m.indexed, *m.match)...)
		}
	}
	for _, m := range []struct {
		match  *bool
		column string
		args   []any
	}{
		{u.Active, "u.active", nil},
		{u.Verified, "u.verified", nil},
		{u.Admin, "u.admin", nil},
		{u.RequiresPasswordChange, "u.requires_password_change", nil},
		{u.Locked, "(u.locked_until IS NOT NULL AND u.locked_until > ?)", []any{f.now}},
		{u.HasActiveSessions, "EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.ended_at IS NULL " +
			"AND s.expires_at > ? AND s.level >= 1)", []any{f.now}},
	} {
		if m.match != nil && *m.match {
			list = append(list, where(m.column, m.args...))
		} else if m.match != nil {
			list = append(list, where("NOT "+m.column, m.args...))
		}
	}
	for _, m := range []struct {
		match  *identity.TimeMatch
		column string
	}{
		{u.CreatedAt, "u.created_at"},
		{u.UpdatedAt, "u.updated_at"},
		{u.LastLoginAt, "u.last_login_at"},
	} {
		if m.match != nil {
			list = append(list, timeConditions(m.column, *m.match)...)
		}
	}
	for _, m := range u.Attributes {
		list = append(list, f.attribute(m))
	}
	return and(list)
}

// stringConditions returns the conditions of one column. A missing value is the empty text.
func (f userFilter) stringConditions(column string, indexed bool, m identity.StringMatch) []condition {
	var list []condition
	add := func(operand *string, build func(string) condition) {
		switch {
		case operand == nil:
		case !validText(*operand): // no row has such a text, and a database would refuse to look for it
			list = append(list, alwaysFalse)
		default:
			list = append(list, build(fold(*operand)))
		}
	}
	add(m.Equal, func(v string) condition { return where(column+" = ?", v) })
	add(m.StartsWith, func(v string) condition { return startsWith(column, v) })
	add(m.Contains, func(v string) condition {
		exact := f.dialect.contains(column, v)
		if !indexed {
			return exact
		}
		// What the index has is folded more than the column, so it finds these and others.
		if texts := slices.DeleteFunc(words(v), func(word string) bool { return !indexable(word) }); len(texts) > 0 {
			return and([]condition{f.dialect.searched(texts), exact})
		}
		return exact
	})
	if m.NotEqual != nil && validText(*m.NotEqual) {
		list = append(list, where(column+" <> ?", fold(*m.NotEqual)))
	}
	if m.In != nil {
		var alternatives []condition
		for _, v := range m.In {
			if validText(v) {
				alternatives = append(alternatives, where(column+" = ?", fold(v)))
			}
		}
		list = append(list, or(alternatives))
	}
	if m.IsNull != nil && *m.IsNull {
		list = append(list, where(column+" = ''"))
	} else if m.IsNull != nil {
		list = append(list, where(column+" <> ''"))
	}
	return list
}

// timeConditions returns the conditions of one time, which may be null.
func timeConditions(column string, m identity.TimeMatch) []condition {
	var list []condition
	if m.From != nil {
		list = append(list, where("("+column+" IS NOT NULL AND "+column+" >= ?)", *m.From))
	}
	if m.Before != nil {
		list = append(list, where("("+column+" IS NOT NULL AND "+column+" < ?)", *m.Before))
	}
	if m.IsNull != nil && *m.IsNull {
		list = append(list, where(column+" IS NULL"))
	} else if m.IsNull != nil {
		list = append(list, where(column+" IS NOT NULL"))
	}
	return list
}

// startsWith is a range of the column's index: up to the greatest character of Unicode, which is none.
func startsWith(column, text string) condition {
	return where("("+column+" >= ? AND "+column+" < ?)", text, text+"\U0010FFFF")
}

func and(list []condition) condition { return join(list, " AND ", alwaysTrue) }

func or(list []condition) condition { return join(list, " OR ", alwaysFalse) }

func not(c condition) condition { return where("NOT ("+c.text+")", c.args...) }

func join(list []condition, operator string, empty condition) condition {
	if len(list) == 0 {
		return empty
	}
	texts := make([]string, len(list))
	var args []any
	for i, c := range list {
		texts[i] = c.text
		args = append(args, c.args...)
	}
	return where("("+strings.Join(texts, operator)+")", args...)
}
