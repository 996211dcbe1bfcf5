package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Why a software statement is not taken (RFC 7591 §3.2.2).
var (
	// ErrSoftwareStatement says that a statement is no JWT of its issuer, or is not for here and now.
	ErrSoftwareStatement = &Error{
		Kind: Invalid, Code: CodeSoftwareStatement, Field: "software_statement", Detail: "Is not a valid statement of its issuer.",
	}
	// ErrUnapprovedStatement says that it is of nobody whose statements are taken.
	ErrUnapprovedStatement = &Error{
		Kind: Invalid, Code: CodeUnapprovedStatement, Field: "software_statement", Detail: "Is of an issuer whose statements are not taken.",
	}
)

// MaxSoftwareStatement bounds a software statement, in bytes.
const MaxSoftwareStatement = 16 << 10

// notVouched are claims of a statement that say nothing of the client: of the JWT itself, and what the server alone says.
var notVouched = []string{"client_id", "client_secret", "software_statement"}

// vouched puts what the issuer of a request's software statement says of the client in the place of what the client says itself (RFC
// 7591 §2.3). The same statement is good for many clients: it is about software, which it names by software_id. Its audience and its
// times count where they are given.
func (s *ClientRegistrations) vouched(ctx context.Context, r *ClientRegistration) error {
	if len(r.Statement) > MaxSoftwareStatement {
		return ErrSoftwareStatement.Because(errors.New("too long"))
	}
	claimed, _, ok := ClaimedBy(r.Statement)
	if !ok {
		return ErrSoftwareStatement.Because(errors.New("no JWT"))
	}
	issuer, found, err := findTrusted(ctx, s.store, claimed)
	if err != nil {
		return fmt.Errorf("find issuer of software statement: %w", err)
	}
	if !found || !issuer.SoftwareStatements {
		return ErrUnapprovedStatement
	}
	raw, err := s.verifier.VerifyTrusted(ctx, issuer, r.Statement)
	if errors.Is(err, ErrInvalidToken) {
		return ErrSoftwareStatement.Because(err)
	}
	if err != nil {
		return fmt.Errorf("verify software statement: %w", err)
	}
	a, err := readAssertion(r.Statement, raw)
	if err != nil {
		return ErrSoftwareStatement.Because(err)
	}
	if reason := s.staleStatement(a, issuer); reason != "" {
		return ErrSoftwareStatement.Because(errors.New(reason))
	}
	return r.take(raw)
}

// staleStatement says why a statement is not for here and now, or nothing.
func (s *ClientRegistrations) staleStatement(a assertion, issuer TrustedIssuer) string {
	now := s.source.Now()
	expires, known := numericDate(a.ExpiresAt)
	switch {
	case a.Issuer != issuer.Issuer:
		return "iss"
	case len(a.Audience) > 0 && !slices.Contains(a.Audience, s.settings.Get().Issuer):
		return "aud"
	case a.ExpiresAt != nil && (!known || !expires.Add(assertionSkew).After(now)):
		return "exp"
	}
	if a.early(now) {
		return "nbf or iat is in the future"
	}
	return ""
}

// take overwrites the members of the metadata that a statement has. What this server does not do is refused as it is in a request.
func (r *ClientRegistration) take(statement json.RawMessage) error {
	members, ok := jsonObject(statement)
	if !ok {
		return ErrSoftwareStatement.Because(errors.New("claims"))
	}
	for _, name := range notVouched {
		delete(members, name)
	}
	text, err := json.Marshal(members)
	if err != nil {
		return ErrSoftwareStatement.Because(err)
	}
	said, err := ReadClientRegistration(text)
	if err != nil {
		return err
	}
	if said.Metadata.SoftwareID == "" { // it is another assertion of the issuer
		return ErrSoftwareStatement.Because(errors.New("no software_id"))
	}
	from, to := reflect.ValueOf(said.Metadata), reflect.ValueOf(&r.Metadata).Elem()
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if field, known := clientMembers[name]; known {
			to.Field(field).Set(from.Field(field))
		}
	}
	return nil
}
