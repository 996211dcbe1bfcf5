package identity

import "github.com/google/uuid"

// CursorKey is a place in an ordered list: the sort key of a row, as text, and its id as the tie-breaker.
type CursorKey struct {
	Key string
	ID  uuid.UUID
}

// KeysetRange is the part of a list that a store is asked for. After and Before are exclusive bounds in list order.
type KeysetRange struct {
	Limit    int
	Backward bool // take the last Limit rows before Before; rows still come in list order
	After    *CursorKey
	Before   *CursorKey
}

// ListRow is one row of a list with its position.
type ListRow[T any] struct {
	Item      T
	CursorKey CursorKey
}
