package admin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The bounds of a page.
const (
	DefaultPageSize = 25
	MaxPageSize     = 100
	maxCursor       = 4096 // bytes
)

// CountLimit is where exact counting stops: a count of CountLimit+1 means "more than CountLimit".
const CountLimit = 10_000

// PageArgs are the arguments of a Relay connection. At most one direction may be given; neither means the first
// DefaultPageSize.
type PageArgs struct {
	First  *int
	After  string // opaque cursor, or empty
	Last   *int
	Before string // opaque cursor, or empty
}

// Edge is an item of a page.
type Edge[T any] struct {
	Item      T
	cursorKey identity.CursorKey
	pager     pager
}

// Cursor is the opaque cursor of the item. It is made when it is asked for: of most items nobody wants it.
func (e Edge[T]) Cursor() string { return e.pager.format(e.cursorKey) }

// Page is one page of a list, in list order.
type Page[T any] struct {
	Edges       []Edge[T]
	HasNext     bool
	HasPrevious bool
}

// Items returns the items without their cursors.
func (p Page[T]) Items() []T {
	items := make([]T, len(p.Edges))
	for i, edge := range p.Edges {
		items[i] = edge.Item
	}
	return items
}

// cursor is the payload of an opaque cursor. List says which list, order and filter it was made for.
type cursor struct {
	List string    `json:"l"`
	Key  string    `json:"k"`
	ID   uuid.UUID `json:"i"`
}

// cursorTag is how many bytes of the authentication tag a cursor carries.
const cursorTag = 12

// pager reads and writes the cursors of one list. list names the list with its order and filter, so that a cursor of
// another list is refused instead of answering a wrong page.
type pager struct {
	keys *identity.Keyring
	list string
}

// slice turns connection arguments into what the store is asked for: one row more than the page, to know whether there
// is another.
func (p pager) slice(args PageArgs) (identity.KeysetRange, error) {
	if args.First != nil && args.Last != nil {
		return identity.KeysetRange{}, identity.InvalidField("first", "Give first or last, not both.")
	}
	s := identity.KeysetRange{Limit: DefaultPageSize}
	field, size := "first", args.First
	if args.Last != nil {
		field, size, s.Backward = "last", args.Last, true
	}
	if size != nil {
		if *size < 1 || *size > MaxPageSize {
			return identity.KeysetRange{}, identity.InvalidField(field, "Must be between 1 and %d.", MaxPageSize)
		}
		s.Limit = *size
	}
	var err error
	if s.After, err = p.parse("after", args.After); err != nil {
		return identity.KeysetRange{}, err
	}
	if s.Before, err = p.parse("before", args.Before); err != nil {
		return identity.KeysetRange{}, err
	}
	s.Limit++
	return s, nil
}

func (p pager) format(at identity.CursorKey) string {
	payload, err := json.Marshal(cursor{List: p.list, Key: at.Key, ID: at.ID})
	if err != nil {
		panic("identity: cursor: " + err.Error()) // strings and a UUID always marshal
	}
	tag := p.keys.MAC(identity.PurposeCursor, payload)[:cursorTag]
	return base64.RawURLEncoding.EncodeToString(slices.Concat(tag, payload))
}

func (p pager) parse(field, text string) (*identity.CursorKey, error) {
	if text == "" {
		return nil, nil // no cursor, no position
	}
	bad := identity.InvalidField(field, "Must be a cursor of this list.")
	if len(text) > maxCursor {
		return nil, identity.InvalidField(field, "Must be at most %d characters.", maxCursor)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The decoder overlooks line breaks, so that one cursor had many spellings.
	if err != nil || len(raw) <= cursorTag || base64.RawURLEncoding.EncodedLen(len(raw)) != len(text) ||
		!p.keys.Verify(identity.PurposeCursor, raw[cursorTag:], raw[:cursorTag]) {
		return nil, bad
	}
	var c cursor
	if err := json.Unmarshal(raw[cursorTag:], &c); err != nil || c.List != p.list {
		return nil, bad
	}
	return &identity.CursorKey{Key: c.Key, ID: c.ID}, nil
}

// page cuts the extra row off.
func page[T any](p pager, s identity.KeysetRange, rows []identity.ListRow[T]) Page[T] {
	more := len(rows) == s.Limit
	if more && s.Backward {
		rows = rows[1:]
	} else if more {
		rows = rows[:len(rows)-1]
	}
	out := Page[T]{Edges: make([]Edge[T], len(rows))}
	for i, row := range rows {
		out.Edges[i] = Edge[T]{Item: row.Item, cursorKey: row.CursorKey, pager: p}
	}
	if s.Backward {
		out.HasPrevious, out.HasNext = more, s.Before != nil
	} else {
		out.HasNext, out.HasPrevious = more, s.After != nil
	}
	return out
}

// readPage returns one page of a list that the store reads. operation says in errors what was attempted.
func readPage[T any](
	p pager, args PageArgs, operation string, read func(slice identity.KeysetRange) ([]identity.ListRow[T], error),
) (Page[T], error) {
	slice, err := p.slice(args)
	if err != nil {
		return Page[T]{}, err
	}
	rows, err := read(slice)
	if err != nil {
		return Page[T]{}, fmt.Errorf("%s: %w", operation, err)
	}
	return page(p, slice, rows), nil
}

// firstPages reads the first page of a list that each of many owners has.
func firstPages[T any](
	ctx context.Context, owners []uuid.UUID, first int,
	read func(context.Context, []uuid.UUID, int) (map[uuid.UUID][]identity.ListRow[T], error), pagerOf func(owner uuid.UUID) pager,
) (map[uuid.UUID]Page[T], error) {
	if first < 1 || first > MaxPageSize {
		return nil, identity.InvalidField("first", "Must be between 1 and %d.", MaxPageSize)
	}
	rows, err := read(ctx, owners, first+1)
	if err != nil {
		return nil, fmt.Errorf("list first pages: %w", err)
	}
	out := make(map[uuid.UUID]Page[T], len(owners))
	for _, id := range owners {
		out[id] = page(pagerOf(id), identity.KeysetRange{Limit: first + 1}, rows[id])
	}
	return out, nil
}
