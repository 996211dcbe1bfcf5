package store

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/authly/authly/identity"
)

// wordStart stands before every word of search_text. It makes the first one or two characters of a word a text of three, so
// that the index for substrings finds beginnings of words too: two characters are all that many names have.
const wordStart = "  "

// letters are those that Unicode does not take apart, with what people type for them.
var letters = strings.NewReplacer(
	"ø", "o", "đ", "d", "ð", "d", "ħ", "h", "ł", "l", "ŧ", "t", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th",
)

// searchFold is the form in which people are searched: compatibility forms are one (NFKC), case is folded, accents are
// gone. It changes what is stored: whoever changes it also changes wordStart, so that stored texts are made anew.
func searchFold(text string) string {
	text = cases.Fold().String(norm.NFKC.String(text))
	bare := strings.Map(func(r rune) rune {
		// Marks of Inherited belong to no script. Those of the kana make other syllables; they are no accents.
		if unicode.Is(unicode.Inherited, r) && unicode.Is(unicode.Mn, r) && r != '\u3099' && r != '\u309A' {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
	return norm.NFKC.String(letters.Replace(bare))
}

// words returns the words of a text that is searched or searched for, each once, as they are between blanks.
func words(texts ...string) []string {
	var list []string
	for _, text := range texts {
		for _, word := range strings.Fields(searchFold(text)) {
			if !slices.Contains(list, word) {
				list = append(list, word)
			}
		}
	}
	return list
}

// searchText is what the index has of a user.
func searchText(u *identity.User) string {
	return wordStart + strings.Join(words(u.Username, u.Email, u.DisplayName(), u.Claims.GivenName, u.Claims.FamilyName), wordStart)
}

// pattern is the text that search_text has in it if one of its words has the word in it, or begins with a short one.
func pattern(word string) string {
	if indexable(word) {
		return word
	}
	return wordStart + word
}

// patterns returns what a search looks for: every word, in any order.
func patterns(search string) []string {
	list := words(search)
	for i, word := range list {
		list[i] = pattern(word)
	}
	return list
}

// common bounds a search on a database whose planner cannot know how many rows an index of substrings will find: up to so
// many are fetched and sorted; of more than that there is one among a few rows of any order, which is walked then, up to
// walked rows.
const (
	common = 4000
	walked = 20000
)

// searchPage finds a page of users who match a text that many have. ok is false when the text is not so common, or the page
// was not filled by walking: the index is the better way then.
func (s *Store) searchPage(
	ctx context.Context, q identity.UserQuery, reach condition,
) (page []identity.ListRow[identity.User], ok bool, err error) {
	texts := patterns(q.Search)
	planned := s.dialect.plansSearches() || len(texts) == 0 || !searchable(q.Search)
	if planned || q.Range.Limit <= 0 || q.Range.After != nil && q.Range.Before != nil {
		return nil, false, nil
	}
	key := userKeys[q.Order.Field]
	found, err := s.count(ctx, "count matches", s.dialect.matches(s.read().NewSelect(), texts), common)
	if err != nil || found <= common {
		return nil, false, err
	}
	end := q
	end.Filter, end.Search, end.Range.Limit = identity.UserFilter{}, "", 1
	query, err := s.listUsers(end)
	if err != nil {
		return nil, false, err
	}
	rows, err := list[userRow](ctx, s, query.Offset(walked))
	if err != nil {
		return nil, false, s.fault("bound search", err)
	}
	if len(rows) == 1 {
		u := toUser(rows[0])
		last := &identity.CursorKey{Key: key.cursor(u), ID: u.ID}
		if q.Range.Backward {
			q.Range.After = last
		} else {
			q.Range.Before = last
		}
	}
	page, err = s.listUsersBy(ctx, q, func(f userFilter) condition { return and([]condition{f.walkedFor(texts), reach}) })
	return page, err == nil && (len(rows) == 0 || len(page) == q.Range.Limit), err
}

// walkedFor is the condition of a search without its index.
func (f userFilter) walkedFor(texts []string) condition {
	list := make([]condition, len(texts))
	for i, text := range texts {
		list[i] = f.dialect.contains("u.search_text", text)
	}
	return and(list)
}

// countSearch counts from the index, without fetching more than are counted.
func (s *Store) countSearch(q identity.UserQuery, reach condition) *bun.SelectQuery {
	f := s.userFilter(q)
	match := and([]condition{f.conditions(q.Filter), reach})
	return s.dialect.matches(s.read().NewSelect(), patterns(q.Search)).
		Join("CROSS JOIN users AS u ON u.rowid = users_search.rowid").Where(match.text, match.args...)
}

// RefoldUsers implements identity.Sweeper.
func (s *Store) RefoldUsers(ctx context.Context, limit int) (n int, err error) {
	err = s.InTx(ctx, func(ctx context.Context, tx identity.Store) (err error) {
		n, err = tx.(*Store).refold(ctx, limit)
		return err
	})
	return n, err
}

func (s *Store) refold(ctx context.Context, limit int) (int, error) {
	var ids []string
	err := s.write().NewSelect().Model((*userRow)(nil)).ColumnExpr("u.id").
		Where("substr(u.search_text, 1, 2) <> ?", wordStart).Limit(int64(limit)).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return 0, s.fault("find users of before", err)
	}
	parsed := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		if parsed[i], err = uuid.Parse(id); err != nil {
			return 0, s.fault("find users of before", err)
		}
	}
	users, err := s.LockUsers(ctx, parsed)
	if err != nil {
		return 0, err
	}
	for id, u := range users {
		// The version is the one that was read: whoever has changed the user since has written the text too.
		_, err := s.write().NewUpdate().Model((*userRow)(nil)).Set("search_text = ?", searchText(&u)).
			Where("u.id = ?", id).Where("u.version = ?", u.Version).Exec(ctx)
		if err != nil {
			return 0, s.fault("fold user", err)
		}
	}
	return len(users), nil
}
