package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// The forms in which both drivers hand over a column. Each reads NULL as the zero value.
type (
	text         string
	truth        bool
	number       int
	key          uuid.UUID
	keyOrNil     struct{ to **uuid.UUID }
	instant      time.Time
	instantOrNil struct{ to **time.Time }
	document     struct{ of any } // points at what is stored as JSON
)

// Scan implements sql.Scanner.
func (t *text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = ""
	case string:
		*t = text(v)
	case []byte:
		*t = text(v)
	default:
		return mismatch(src, "a text")
	}
	return nil
}

// Scan implements sql.Scanner.
func (t *truth) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = false
	case bool:
		*t = truth(v)
	case int64:
		*t = v != 0
	default:
		return mismatch(src, "a truth value")
	}
	return nil
}

// Scan implements sql.Scanner.
func (n *number) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*n = 0
	case int64:
		*n = number(v)
	case string: // a sum of PostgreSQL
		i, err := strconv.Atoi(v)
		*n = number(i)
		return err
	default:
		return mismatch(src, "a number")
	}
	return nil
}

// Scan implements sql.Scanner.
func (k *key) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*k = key(uuid.Nil)
	case string:
		id, err := uuid.Parse(v)
		*k = key(id)
		return err
	default:
		return mismatch(src, "an id")
	}
	return nil
}

// Scan implements sql.Scanner.
func (k keyOrNil) Scan(src any) error {
	if src == nil {
		*k.to = nil
		return nil
	}
	*k.to = new(uuid.UUID)
	return (*key)(*k.to).Scan(src)
}

// timeLayout is how times are written on SQLite.
const timeLayout = "2006-01-02 15:04:05.999999999-07:00"

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = instant{}
	case time.Time:
		*i = instant(v)
	case string:
		t, err := time.ParseInLocation(timeLayout, v, time.UTC)
		*i = instant(t)
		return err
	default:
		return mismatch(src, "a time")
	}
	return nil
}

// Scan implements sql.Scanner.
func (i instantOrNil) Scan(src any) error {
	if src == nil {
		*i.to = nil
		return nil
	}
	*i.to = new(time.Time)
	return (*instant)(*i.to).Scan(src)
}

// Scan implements sql.Scanner.
func (d document) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), d.of)
	case []byte:
		return json.Unmarshal(v, d.of)
	}
	return mismatch(src, "JSON")
}

// Value implements driver.Valuer.
func (d document) Value() (driver.Value, error) {
	text, err := json.Marshal(d.of)
	return string(text), err
}

func mismatch(src any, want string) error {
	return fmt.Errorf("column is %T where %s is expected", src, want)
}
