package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// What columns are scanned into, in whichever form the two drivers return them. NULL becomes the zero value.
type (
	nullString  string
	nullBool    bool
	nullInt     int
	nullUUID    uuid.UUID
	uuidPointer struct{ dest **uuid.UUID }
	nullTime    time.Time
	timePointer struct{ dest **time.Time }
	jsonColumn  struct{ value any } // points at what is stored as JSON
)

// Scan implements sql.Scanner.
func (s *nullString) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = ""
	case string:
		*s = nullString(v)
	case []byte:
		*s = nullString(v)
	default:
		return mismatch(src, "a string")
	}
	return nil
}

// Scan implements sql.Scanner.
func (b *nullBool) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*b = false
	case bool:
		*b = nullBool(v)
	case int64:
		*b = v != 0
	default:
		return mismatch(src, "a boolean")
	}
	return nil
}

// Scan implements sql.Scanner.
func (n *nullInt) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*n = 0
	case int64:
		*n = nullInt(v)
	case string: // a sum of PostgreSQL
		i, err := strconv.Atoi(v)
		*n = nullInt(i)
		return err
	default:
		return mismatch(src, "a number")
	}
	return nil
}

// Scan implements sql.Scanner.
func (u *nullUUID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = nullUUID(uuid.Nil)
	case string:
		id, err := uuid.Parse(v)
		*u = nullUUID(id)
		return err
	default:
		return mismatch(src, "an id")
	}
	return nil
}

// Scan implements sql.Scanner.
func (p uuidPointer) Scan(src any) error {
	if src == nil {
		*p.dest = nil
		return nil
	}
	*p.dest = new(uuid.UUID)
	return (*nullUUID)(*p.dest).Scan(src)
}

// timeLayout is how times are written on SQLite.
const timeLayout = "2006-01-02 15:04:05.999999999-07:00"

// Scan implements sql.Scanner.
func (t *nullTime) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = nullTime{}
	case time.Time:
		*t = nullTime(v)
	case string:
		parsed, err := time.ParseInLocation(timeLayout, v, time.UTC)
		*t = nullTime(parsed)
		return err
	default:
		return mismatch(src, "a time")
	}
	return nil
}

// Scan implements sql.Scanner.
func (p timePointer) Scan(src any) error {
	if src == nil {
		*p.dest = nil
		return nil
	}
	*p.dest = new(time.Time)
	return (*nullTime)(*p.dest).Scan(src)
}

// Scan implements sql.Scanner.
func (c jsonColumn) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), c.value)
	case []byte:
		return json.Unmarshal(v, c.value)
	}
	return mismatch(src, "JSON")
}

// Value implements driver.Valuer.
func (c jsonColumn) Value() (driver.Value, error) {
	text, err := json.Marshal(c.value)
	return string(text), err
}

func mismatch(src any, want string) error {
	return fmt.Errorf("column is %T where %s is expected", src, want)
}
