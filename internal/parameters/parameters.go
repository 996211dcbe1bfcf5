package parameters

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of what is read. No standard names any; they leave room for the largest request that Authly takes: a claims
// request, a scope, a state and a nonce of their own limits, and an assertion in a form.
const (
	MaxQuery = 24 << 10 // bytes as sent; a request line of this length fits below the limit of the header
	MaxForm  = 64 << 10 // bytes as sent
	MaxPairs = 100      // parameters, repeated ones counted each
)

// Resource is the one parameter that may be repeated (RFC 8707 §2).
const Resource = "resource"

// FormType is the media type of a form (RFC 6749 appendix B).
const FormType = "application/x-www-form-urlencoded"

// Error says why parameters cannot be read, in a sentence for the caller.
type Error struct {
	Detail string
	Status int // of the answer by HTTP
}

// Error returns the text for logs.
func (e *Error) Error() string { return e.Detail }

func refused(format string, args ...any) *Error {
	return &Error{Detail: fmt.Sprintf(format, args...), Status: http.StatusBadRequest}
}

// Query reads the parameters of the URL, each of which must be UTF-8 without NUL.
func Query(r *http.Request) (url.Values, error) {
	values, err := query(r)
	if err != nil {
		return nil, err
	}
	return values, checkText("query", values)
}

func query(r *http.Request) (url.Values, error) {
	if len(r.URL.RawQuery) > MaxQuery {
		e := refused("The query is longer than %d bytes.", MaxQuery)
		e.Status = http.StatusRequestURITooLong
		return nil, e
	}
	return parse("query", r.URL.RawQuery)
}

// UTF8 reports whether the parameter charset of a media type is absent or names the only encoding that is spoken.
func UTF8(params map[string]string) bool {
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

// Accepts reports whether a request names a media type as one that it takes (RFC 9110 §12.5.1). A wildcard does not: a program
// that sends one for everything expects what is sent to everybody.
func Accepts(r *http.Request, media string) bool {
	for text := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, params, err := mime.ParseMediaType(text)
		if err != nil || name != media || !UTF8(params) {
			continue
		}
		q, given := params["q"]
		if !given {
			return true
		}
		quality, err := strconv.ParseFloat(q, 64)
		return err == nil && quality > 0 && quality <= 1
	}
	return false
}

// AcceptsEncoding reports whether a request names a content coding with a quality above zero (RFC 9110 §12.5.3).
func AcceptsEncoding(r *http.Request, coding string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		value, given := strings.CutPrefix(strings.TrimSpace(params), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !given || err == nil && q > 0
	}
	return false
}

// Form reads the parameters of a body, which must have the media type of a form and be UTF-8 without NUL (RFC 6749 appendix
// B). Those of the URL do not count (RFC 6749 §2.3.1). What it has read is also in r.PostForm.
func Form(r *http.Request) (url.Values, error) {
	if _, err := Query(r); err != nil {
		return nil, err
	}
	values, err := form(r)
	if err != nil {
		return nil, err
	}
	return values, checkText("body", values)
}

func form(r *http.Request) (url.Values, error) {
	if r.PostForm != nil {
		return r.PostForm, nil
	}
	if !hasForm(r) {
		return nil, refused("The body must be %s.", FormType)
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, MaxForm+1))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || len(text) > MaxForm {
		e := refused("The body is longer than %d bytes.", MaxForm)
		e.Status = http.StatusRequestEntityTooLarge
		return nil, e
	}
	if err != nil {
		return nil, refused("The body cannot be read.")
	}
	values, err := parse("body", string(text))
	if err != nil {
		return nil, err
	}
	r.PostForm = values
	return values, nil
}

func hasForm(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == FormType
}

// Read reads the parameters of the URL and of a posted form into r.Form and r.PostForm, as http.Request.ParseForm does. A
// body of another media type is left alone, and what the text means is for the page to say.
func Read(r *http.Request) error {
	inQuery, err := query(r)
	if err != nil {
		return err
	}
	r.Form, r.PostForm = inQuery, nil
	if r.Method != http.MethodPost || !hasForm(r) {
		r.PostForm = url.Values{}
		return nil
	}
	inForm, err := form(r)
	if err != nil {
		return err
	}
	r.Form = maps.Clone(inForm)
	for name, list := range inQuery {
		r.Form[name] = slices.Concat(inForm[name], list)
	}
	return nil
}

func parse(where, text string) (url.Values, error) {
	if n := strings.Count(text, "&") + 1; n > MaxPairs {
		return nil, refused("The %s has more than %d parameters.", where, MaxPairs)
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, refused("The %s is malformed: it has a semicolon or a broken escape.", where)
	}
	omitEmpty(values)
	return values, nil
}

func checkText(where string, values url.Values) error {
	for name, list := range values {
		if !sound(name) || !allSound(list) {
			return refused("The %s has a character that is not allowed: it must be UTF-8 without NUL.", where)
		}
	}
	return nil
}

func sound(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

func allSound(list []string) bool {
	return !slices.ContainsFunc(list, func(text string) bool { return !sound(text) })
}

// omitEmpty drops parameters without a value. One that is repeated stays as it is, whatever its values, so that it is
// refused: no two readers of a request may disagree on which of them counts.
func omitEmpty(values url.Values) {
	for name, list := range values {
		if name == Resource {
			list = slices.DeleteFunc(list, func(text string) bool { return text == "" })
			values[name] = list
		}
		if len(list) == 0 || len(list) == 1 && list[0] == "" {
			delete(values, name)
		}
	}
}

// Repeated returns the first in the order of the alphabet of the parameters that occur more than once though they may not
// (RFC 6749 §3.1), cut to what fits into a message; empty: there is none.
func Repeated(values url.Values) string {
	var found []string
	for name, list := range values {
		if len(list) > 1 && name != Resource {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	const longest = 64
	name := slices.Min(found)
	if name == "" {
		return "without a name"
	}
	return strings.ToValidUTF8(name[:min(len(name), longest)], "")
}
