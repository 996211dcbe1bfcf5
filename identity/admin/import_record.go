package admin

import (
	"bufio"
	"errors"
	"io"

	"github.com/authly/authly/identity"
)

// maxRecord is how long one user in a file may be, in bytes. What is longer is read over in no more memory.
const maxRecord = 64 << 10

// record is one user in a file, or what stands in its place.
type record struct {
	text    []byte
	line    int  // where it begins, from 1
	tooLong bool // text is the beginning
	end     position
}

// position is where the next record begins.
type position struct {
	Offset int64 `json:"offset"`
	Line   int   `json:"line"` // lines that have ended before it
}

// recordReader splits a file into records, however long they are, in bounded memory.
type recordReader struct {
	from *bufio.Reader
	at   position
	text []byte
	long bool
	next func() (record, error) // io.EOF after the last one
}

func newRecordReader(from io.Reader, at position, format ImportFormat) *recordReader {
	r := &recordReader{from: bufio.NewReaderSize(from, identity.TransferChunk), at: at}
	switch format {
	case ImportCSV:
		r.next = r.row
	case ImportKeycloak:
		r.next = r.element
	case ImportPredecessor:
		r.next = r.copied
	case ImportJSONLines, ImportAuth0:
		r.next = r.lineOfText
	}
	return r
}

// read takes a byte of the file; keep says that it belongs to the record.
func (r *recordReader) read(keep bool) (byte, error) {
	b, err := r.from.ReadByte()
	if err != nil {
		return 0, err
	}
	r.at.Offset++
	if b == '\n' {
		r.at.Line++
	}
	if keep {
		r.keep(b)
	}
	return b, nil
}

func (r *recordReader) keep(b byte) {
	if len(r.text) == maxRecord {
		r.long = true
		return
	}
	r.text = append(r.text, b)
}

// begin forgets the record before; the byte order mark is part of none.
func (r *recordReader) begin() (line int) {
	r.text, r.long = nil, false
	if r.at.Offset == 0 {
		if mark, err := r.from.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
			_, _ = r.from.Discard(3)
			r.at.Offset = 3
		}
	}
	return r.at.Line + 1
}

func (r *recordReader) done(line int) record {
	return record{text: r.text, line: line, tooLong: r.long, end: r.at}
}

// lineOfText is the next record of a file with one on each line. A file need not end with a line break.
func (r *recordReader) lineOfText() (record, error) {
	line := r.begin()
	for {
		b, err := r.read(true)
		if errors.Is(err, io.EOF) && len(r.text) > 0 || err == nil && b == '\n' {
			return r.done(line), nil
		}
		if err != nil {
			return record{}, err
		}
	}
}

// row is the next record of CSV (RFC 4180): line breaks between quotes are part of it. A quote opens only where a field
// begins, so that one in the middle of a text does not swallow the rows that follow.
func (r *recordReader) row() (record, error) {
	line := r.begin()
	const start, plain, quoted, closed = 0, 1, 2, 3 // where in a field the last byte has led
	for state := start; ; {
		b, err := r.read(true)
		if errors.Is(err, io.EOF) && len(r.text) > 0 {
			return r.done(line), nil
		}
		if err != nil {
			return record{}, err
		}
		switch {
		case state == quoted && b == '"':
			state = closed
		case state == quoted:
		case b == '"' && state != plain: // opens, or is the second of two, which stand for one
			state = quoted
		case b == ',':
			state = start
		case b == '\n':
			return r.done(line), nil
		default:
			state = plain
		}
	}
}

// Why a file of Keycloak cannot be read on.
var (
	errNoUsers  = identity.Errorf(identity.Invalid, identity.CodeValidation, "The file is no export of a realm: it has no list named users.")
	errCutShort = identity.Errorf(identity.Invalid, identity.CodeValidation, "The file ends in the middle: the list of users has no end.")
)

// element is the next object of the list users of a JSON object.
func (r *recordReader) element() (record, error) {
	r.begin()
	if r.at.Offset <= 3 {
		if err := r.findUsers(); err != nil {
			return record{}, err
		}
	}
	for {
		b, err := r.read(false)
		switch {
		case errors.Is(err, io.EOF):
			return record{}, errCutShort
		case err != nil:
			return record{}, err
		case b == ']':
			return record{}, io.EOF
		case b == '{':
			line := r.at.Line + 1
			r.keep(b)
			if err := r.object(); errors.Is(err, io.EOF) {
				return record{}, errCutShort
			} else if err != nil {
				return record{}, err
			}
			return r.done(line), nil
		case b != ',' && b != ' ' && b != '\n' && b != '\r' && b != '\t':
			return record{}, errNoUsers
		}
	}
}

// object reads to the end of an object that has begun.
func (r *recordReader) object() error {
	for depth := 1; depth > 0; {
		b, err := r.read(true)
		if err != nil {
			return err
		}
		switch b {
		case '"':
			err = r.quoted(func(b byte) { r.keep(b) })
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// quoted reads the rest of a JSON string.
func (r *recordReader) quoted(each func(b byte)) error {
	for escaped := false; ; {
		b, err := r.read(false)
		if err != nil {
			return err
		}
		each(b)
		switch {
		case escaped:
			escaped = false
		case b == '\\':
			escaped = true
		case b == '"':
			return nil
		}
	}
}

// findUsers reads to the beginning of the list users of the outermost object.
func (r *recordReader) findUsers() error {
	const wanted = `users"`
	last := ""
	for depth := 0; ; {
		b, err := r.read(false)
		if errors.Is(err, io.EOF) {
			return errNoUsers
		}
		if err != nil {
			return err
		}
		switch b {
		case '"':
			last = ""
			err = r.quoted(func(b byte) {
				if len(last) <= len(wanted) {
					last += string(rune(b))
				}
			})
		case '{':
			depth++
		case '[':
			if depth == 1 && last == wanted {
				return nil
			}
			depth++
		case '}', ']':
			depth--
		}
		if errors.Is(err, io.EOF) {
			return errNoUsers
		}
		if err != nil {
			return err
		}
	}
}
