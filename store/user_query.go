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

// neverTime is what last_login_key holds for users who never signed in: before everybody.
const neverTime = "0001-01-01 00:00:00+00:00"

// sortKey is how users are ordered by one field. The column is never null and has an index, with the id unless it is
// unique by itself.
type sortKey struct {
	column string
	unique bool
	time   bool
	key    func(identity.User) string // the text form in a Position
}

var sortKeys = map[identity.UserOrderField]sortKey{
	identity.UserOrderCreatedAt: {column: "u.created_at", time: true, key: func(u identity.User) string { return keyTime(&u.CreatedAt) }},
	identity.UserOrderUpdatedAt: {column: "u.updated_at", time: true, key: func(u identity.User) string { return keyTime(&u.UpdatedAt) }},
	identity.UserOrderLastLoginAt: {
		column: "u.last_login_key", time: true,
		key: func(u identity.User) string { return keyTime(u.LastLoginAt) },
	},
	identity.UserOrderUsername: {column: "u.username_key", unique: true, key: func(u identity.User) string { return fold(u.Username) }},
	identity.UserOrderEmail:    {column: "u.email_key", unique: true, key: func(u identity.User) string { return fold(u.Email) }},
	identity.UserOrderName:     {column: "u.name_key", key: func(u identity.User) string { return fold(u.DisplayName()) }},
}

func keyTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// beyond is the condition that a row comes after (op ">") or before (op "<") the position. A row comparison walks the
// index; spelled with OR it would not.
func (k sortKey) beyond(op string, p identity.Position, field string) (condition, error) {
	return k.beyondOf("u", op, p, field)
}

// beyondOf is beyond for the table with the alias.
func (k sortKey) beyondOf(alias, op string, p identity.Position, field string) (condition, error) {
	key := any(p.Key)
	switch {
	case k.time && p.Key == "":
		key = neverTime
	case k.time:
		t, err := time.Parse(time.RFC3339Nano, p.Key)
		if err != nil {
			return condition{}, identity.InvalidField(field, "Not a cursor of this list.")
		}
		key = t
	case !storable(p.Key):
		return condition{}, identity.InvalidField(field, "Not a cursor of this list.")
	}
	if k.unique {
		return where(k.column+" "+op+" ?", key), nil
	}
	return where("("+k.column+", "+alias+".id) "+op+" (?, ?)", key, p.ID), nil
}

// Users implements identity.UserStore.
func (s *Store) Users(ctx context.Context, q identity.UserQuery) ([]identity.Listed[identity.User], error) {
	if q.Slice.Limit <= 0 {
		return nil, nil
	}
	var rows []userRow
	query, err := s.listUsers(q, &rows)
	if err != nil {
		return nil, err
	}
	if err := query.Scan(ctx); err != nil {
		return nil, s.fault("list users", err)
	}
	if q.Slice.Backward {
		slices.Reverse(rows)
	}
	list := make([]identity.Listed[identity.User], len(rows))
	for i, row := range rows {
		u := toUser(row)
		list[i] = identity.Listed[identity.User]{Item: u, Position: identity.Position{Key: sortKeys[q.Order.Field].key(u), ID: u.ID}}
	}
	return list, nil
}

// listUsers builds the statement of Users. A slice from the end comes in reverse.
func (s *Store) listUsers(q identity.UserQuery, rows *[]userRow) (*bun.SelectQuery, error) {
	key, ok := sortKeys[q.Order.Field]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	later, earlier := ">", "<"
	if q.Order.Descending {
		later, earlier = earlier, later
	}
	conditions := []condition{s.matching(q)}
	for _, bound := range []struct {
		position  *identity.Position
		op, field string
	}{{q.Slice.After, later, "after"}, {q.Slice.Before, earlier, "before"}} {
		if bound.position != nil {
			c, err := key.beyond(bound.op, *bound.position, bound.field)
			if err != nil {
				return nil, err
			}
			conditions = append(conditions, c)
		}
	}
	direction := " ASC"
	if q.Order.Descending != q.Slice.Backward {
		direction = " DESC"
	}
	order := key.column + direction
	if !key.unique {
		order += ", u.id" + direction
	}
	all := and(conditions)
	return s.read().NewSelect().Model(rows).Where(all.text, all.args...).OrderExpr(order).Limit(int64(q.Slice.Limit)), nil
}

// CountUsers implements identity.UserStore.
func (s *Store) CountUsers(ctx context.Context, q identity.UserQuery, limit int) (int, error) {
	match := s.matching(q)
	capped := s.read().NewSelect().Model((*userRow)(nil)).ColumnExpr("1").Where(match.text, match.args...).Limit(int64(limit) + 1)
	var n int
	err := s.read().NewSelect().TableExpr("(?) AS counted", capped).ColumnExpr("count(*)").Scan(ctx, &n)
	return n, s.fault("count users", err)
}

// matching is the condition of filter and search.
func (s *Store) matching(q identity.UserQuery) condition {
	f := userFilter{dialect: s.dialect, now: q.Now}
	return and([]condition{f.search(fold(q.Search)), f.all(q.Filter)})
}

// userFilter builds conditions. None of them is ever null, so that NOT means what it says.
type userFilter struct {
	dialect dialect
	now     time.Time
}

var (
	everybody = where("1 = 1")
	nobody    = where("1 = 0")
)

// search finds a text in username, e-mail address and names; a short one only at their beginning.
func (f userFilter) search(text string) condition {
	switch {
	case text == "":
		return everybody
	case !storable(text) || strings.Contains(text, searchSeparator):
		return nobody
	case indexable(text):
		return f.dialect.searched(text)
	}
	return or([]condition{startsWith("u.username_key", text), startsWith("u.email_key", text), startsWith("u.name_key", text)})
}

// indexable tells whether the index for substrings can find a text.
func indexable(text string) bool {
	return utf8.RuneCountInString(text) >= trigram && !strings.Contains(text, searchSeparator)
}

// all joins the conditions that are set.
func (f userFilter) all(u identity.UserFilter) condition {
	var list []condition
	for _, sub := range u.And {
		list = append(list, f.all(sub))
	}
	if len(u.Or) > 0 {
		alternatives := make([]condition, len(u.Or))
		for i, sub := range u.Or {
			alternatives[i] = f.all(sub)
		}
		list = append(list, or(alternatives))
	}
	if u.Not != nil {
		list = append(list, not(f.all(*u.Not)))
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
			list = append(list, f.text(m.column, m.indexed, *m.match)...)
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
			"AND s.expires_at > ?)", []any{f.now}},
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
			list = append(list, moments(m.column, *m.match)...)
		}
	}
	return and(list)
}

// text gives the conditions of one column. A missing value is the empty text.
func (f userFilter) text(column string, indexed bool, m identity.StringMatch) []condition {
	var list []condition
	add := func(operand *string, build func(string) condition) {
		switch {
		case operand == nil:
		case !storable(*operand): // no row holds such a text, and a database would refuse to look for it
			list = append(list, nobody)
		default:
			list = append(list, build(fold(*operand)))
		}
	}
	add(m.Equal, func(v string) condition { return where(column+" = ?", v) })
	add(m.StartsWith, func(v string) condition { return startsWith(column, v) })
	add(m.Contains, func(v string) condition {
		exact := f.dialect.contains(column, v)
		if indexed && indexable(v) {
			return and([]condition{f.dialect.searched(v), exact})
		}
		return exact
	})
	if m.NotEqual != nil && storable(*m.NotEqual) {
		list = append(list, where(column+" <> ?", fold(*m.NotEqual)))
	}
	if m.In != nil {
		var alternatives []condition
		for _, v := range m.In {
			if storable(v) {
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

// moments gives the conditions of one time, which may be null.
func moments(column string, m identity.TimeMatch) []condition {
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

func and(list []condition) condition { return join(list, " AND ", everybody) }

func or(list []condition) condition { return join(list, " OR ", nobody) }

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
