package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DetailType is a type of authorization details (RFC 9396 §2): what clients can ask for more exactly than a scope can say.
type DetailType struct {
	Name        string          // the value of type
	Description string          // what the consent page says of it; empty: its name
	Schema      json.RawMessage // JSON Schema of a whole object of the type
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// AuthorizationDetails is what was asked for or granted (RFC 9396 §2): objects, each in its one spelling.
type AuthorizationDetails []json.RawMessage

// DetailSchemas knows JSON Schema.
type DetailSchemas interface {
	// CheckSchema refuses what is no schema, or refers to anything beyond itself.
	CheckSchema(schema json.RawMessage) error
	// Mismatch returns where a value is not as a schema says, as a JSON pointer; ok if it is.
	Mismatch(schema json.RawMessage, value any) (pointer string, ok bool, err error)
}

// MaxDetailTypes is how many types there may be, and how many a client may have.
const MaxDetailTypes = 100

// The bounds of authorization details. RFC 9396 names none.
const (
	maxDetails        = 4096 // bytes of the parameter
	maxDetailObjects  = 10
	maxDetailDepth    = 8      // objects and lists in one another
	maxDetailMembers  = 200    // of all objects and lists
	maxDetailSchema   = 16_384 // bytes of the schema of a type
	maxDetailExponent = 308    // of a number, in either direction: a larger one is slow to compare
	maxNumber         = 40     // bytes of one
	detailTypeField   = "type" // of an object of authorization details, and of what declares it
	detailsParameter  = "authorization_details"
)

// Check holds the rules for declared types and names all fields that are wrong.
func (t DetailType) Check(schemas DetailSchemas) error {
	var faults Faults
	faults.Add(checkScopeValue(detailTypeField, t.Name))
	faults.Add(checkName("description", t.Description))
	switch {
	case len(t.Schema) == 0:
		faults.Add(InvalidField("schema", "Must be a JSON Schema."))
	case len(t.Schema) > maxDetailSchema:
		faults.Add(InvalidField("schema", "Must have at most %d bytes.", maxDetailSchema))
	case schemas.CheckSchema(t.Schema) != nil:
		faults.Add(InvalidField("schema", "Must be a JSON Schema that refers to nothing: no $ref, and no other dialect than 2020-12."))
	}
	return faults.Err()
}

// DetailTypes lists the declared types by name.
func (s *Scopes) DetailTypes(ctx context.Context) ([]DetailType, error) {
	return s.store.DetailTypes(ctx)
}

// RequestedDetails checks the parameter authorization_details of a client (RFC 9396 §5). What is malformed, of a type that is not
// declared or not registered for the client, or not as its schema says, is CodeInvalidDetails; there is no part of a request that
// is granted without the rest. An empty text asks for nothing.
func (s *Scopes) RequestedDetails(ctx context.Context, client Client, text string) (AuthorizationDetails, error) {
	objects, err := parseDetails(text)
	if err != nil || len(objects) == 0 {
		return nil, err
	}
	types, err := s.store.DetailTypes(ctx)
	if err != nil {
		return nil, err
	}
	details := make(AuthorizationDetails, len(objects))
	for i, object := range objects {
		name, _ := object[detailTypeField].(string)
		at := slices.IndexFunc(types, func(t DetailType) bool { return t.Name == name })
		if at < 0 || !slices.Contains(client.Metadata.DetailTypes, name) {
			return nil, badDetails("The client may not ask for the type of authorization_details[%d].", i).
				Expecting(OneOf(client.Metadata.DetailTypes))
		}
		pointer, ok, err := s.schemas.Mismatch(types[at].Schema, object)
		if err != nil {
			return nil, fmt.Errorf("schema of authorization details: %w", err)
		}
		if !ok {
			return nil, badDetails("The authorization_details[%d] is not as its type demands, at %.100s", i, pointer+"/")
		}
		if details[i], err = json.Marshal(object); err != nil {
			return nil, fmt.Errorf("encode authorization details: %w", err)
		}
	}
	return details, nil
}

// NarrowDetails leaves of an issuance those details that a token request names (RFC 9396 §6), each as it was granted; an empty
// text means all of them. Anything else is CodeInvalidDetails. What the client may no longer have, or is declared no more, is gone.
func (s *Scopes) NarrowDetails(ctx context.Context, i Issuance, text string) (Issuance, error) {
	wanted, err := parseDetails(text)
	if err != nil {
		return Issuance{}, err
	}
	if len(i.Details) == 0 && len(wanted) == 0 {
		return i, nil
	}
	types, err := s.store.DetailTypes(ctx)
	if err != nil {
		return Issuance{}, err
	}
	granted := len(i.Details)
	i.Details = slices.DeleteFunc(i.Details.of(i.Client), func(d json.RawMessage) bool {
		return !slices.ContainsFunc(types, func(t DetailType) bool { return t.Name == detailType(d) })
	})
	if granted > 0 && len(i.Details) == 0 {
		return Issuance{}, badDetails("The client may no longer have any of these authorization details.")
	}
	if len(wanted) == 0 {
		return i, nil
	}
	var narrowed AuthorizationDetails
	for n, object := range wanted {
		detail, err := json.Marshal(object)
		if err != nil {
			return Issuance{}, fmt.Errorf("encode authorization details: %w", err)
		}
		if !slices.ContainsFunc(i.Details, func(d json.RawMessage) bool { return bytes.Equal(d, detail) }) {
			return Issuance{}, badDetails("The authorization_details[%d] was not granted.", n)
		}
		narrowed = append(narrowed, detail)
	}
	i.Details = narrowed
	return i, nil
}

// of returns those details that a client may have.
func (d AuthorizationDetails) of(c Client) AuthorizationDetails {
	return slices.DeleteFunc(slices.Clone(d), func(detail json.RawMessage) bool {
		return !slices.Contains(c.Metadata.DetailTypes, detailType(detail))
	})
}

// Types returns the types of the details, in their order.
func (d AuthorizationDetails) Types() []string {
	types := make([]string, len(d))
	for i, detail := range d {
		types[i] = detailType(detail)
	}
	return types
}

// size returns how many bytes of text they have.
func (d AuthorizationDetails) size() int {
	n := 0
	for _, detail := range d {
		n += len(detail) + 1
	}
	return n
}

// detailType returns the type of an object. The member is read by its exact name, as it is everywhere.
func detailType(detail json.RawMessage) string {
	var members map[string]json.RawMessage
	var name string
	if json.Unmarshal(detail, &members) != nil || json.Unmarshal(members[detailTypeField], &name) != nil {
		return ""
	}
	return name
}

// parseDetails reads the parameter within its bounds. Of a member that occurs twice the last one counts, and is the only one that
// anybody sees from then on.
func parseDetails(text string) ([]map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	if len(text) > maxDetails {
		return nil, badDetails("The authorization_details are longer than %d bytes.", maxDetails)
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var objects []map[string]any
	if err := decoder.Decode(&objects); err != nil || len(objects) == 0 || len(objects) > maxDetailObjects {
		return nil, badDetails("The authorization_details must be a JSON list of 1 to %d objects.", maxDetailObjects)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, badDetails("The authorization_details must be one JSON list.")
	}
	members := 0
	for i, object := range objects {
		if name, ok := object[detailTypeField].(string); !ok || name == "" {
			return nil, badDetails("The authorization_details[%d] has no type.", i)
		}
		if !boundedDetail(object, 0, &members) {
			return nil, badDetails("The authorization_details[%d] has more than %d levels, %d members, or a text or number that is not allowed.",
				i, maxDetailDepth, maxDetailMembers)
		}
	}
	return objects, nil
}

// boundedDetail reports whether a value is within the bounds, and counts its members.
func boundedDetail(value any, depth int, members *int) bool {
	if *members++; *members > maxDetailMembers {
		return false
	}
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if depth >= maxDetailDepth || strings.ContainsRune(name, 0) || !boundedDetail(member, depth+1, members) {
				return false
			}
		}
	case []any:
		for _, element := range v {
			if depth >= maxDetailDepth || !boundedDetail(element, depth+1, members) {
				return false
			}
		}
	case string:
		return !strings.ContainsRune(v, 0)
	case json.Number:
		return boundedNumber(v.String())
	}
	return true
}

func boundedNumber(text string) bool {
	_, exponent, ok := strings.Cut(strings.ToLower(text), "e")
	if !ok {
		return len(text) <= maxNumber
	}
	n, err := strconv.Atoi(exponent)
	return err == nil && n >= -maxDetailExponent && n <= maxDetailExponent && len(text) <= maxNumber
}

func badDetails(format string, args ...any) *Error {
	refusal := &Error{Kind: Invalid, Code: CodeInvalidDetails, Field: detailsParameter, Detail: fmt.Sprintf(format, args...)}
	return refusal.Breaks(RuleDetails)
}
