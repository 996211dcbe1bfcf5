package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/authly/authly/identity"
)

// failure is what a driver's error comes down to, whatever the dialect.
type failure int

const (
	failureOther failure = iota
	failureUnique
	failureReference // a row that is referred to does not exist
	failureLastAdmin // a guard of the migrations refused, as do the next two
	failurePreferredName
	failureUsername
	failureCheck       // a CHECK of the schema refused
	failureText        // text that the database cannot store: NUL, or not UTF-8
	failureContention  // deadlock, serialization, lock timeout: the same again may succeed
	failureUnavailable // unreachable, starting, full
)

// retryAfter is when callers may try again if the database is unavailable.
const retryAfter = 2 * time.Second

var (
	errUsernameTaken = duplicate(identity.CodeDuplicateUsername, "username", "This username is taken.")
	errEmailTaken    = duplicate(identity.CodeDuplicateEmail, "email", "This e-mail address is taken.")
	errUserIDTaken   = identity.InvalidField("id", "Is the id of another user.")
	errPreferredName = duplicate(identity.CodeDuplicateUsername, "preferred_username", "This preferred_username is another user's username.")
	errUsernameUsed  = duplicate(identity.CodeDuplicateUsername, "username", "This username is another user's preferred_username.")
	errGroupTaken    = duplicate(identity.CodeDuplicateGroup, "name", "Another group there has this name.")
	errGroupDepth    = identity.InvalidField("parent_id", "Must leave every group within %d levels.", identity.MaxGroupDepth)
	errRoleTaken     = duplicate(identity.CodeDuplicateRole, "name", "Another role there has this name.")
	errAttribute     = duplicate(identity.CodeDuplicateAttribute, "name", "Is the name or the claim of another attribute.")
	errClaim         = duplicate(identity.CodeDuplicateAttribute, "claim", "Is the claim of another attribute.")
	errClientIDTaken = duplicate(identity.CodeDuplicateClient, "client_id", "This client_id is taken.")
	errScopeTaken    = duplicate(identity.CodeDuplicateScope, "name", "Is the name of another scope.")
	errResourceTaken = duplicate(identity.CodeDuplicateResource, "uri", "Is the URI of another resource.")
	errTrustedTaken  = duplicate(identity.CodeDuplicateTrusted, "issuer", "Is trusted already.")
	errProviderTaken = duplicate(identity.CodeDuplicateProvider, "slug", "Is the slug of another identity provider.")
	errAudienceTaken = duplicate(identity.CodeDuplicateResource, "audiences", "Has the URI or an audience of another resource.")
)

// duplicates are the unique constraints that a person can run into: by constraint on PostgreSQL, by column on SQLite.
var duplicates = map[string]*identity.Error{
	"users_username_unique": errUsernameTaken, "users.username_key": errUsernameTaken,
	"users_email_unique": errEmailTaken, "users.email_key": errEmailTaken,
	"users_pkey": errUserIDTaken, "users.id": errUserIDTaken,
	"clients_client_id_unique": errClientIDTaken, "clients.client_id": errClientIDTaken,
	"groups_sibling_name_unique": errGroupTaken, "groups.parent_id,": errGroupTaken,
	"groups_root_name_unique": errGroupTaken, "groups.name_key": errGroupTaken,
	"roles_client_name_unique": errRoleTaken, "roles.client_id,": errRoleTaken,
	"roles_server_name_unique": errRoleTaken, "roles.name_key": errRoleTaken,
	"attribute_definitions_name_unique": errAttribute, "attribute_definitions.name_key": errAttribute,
	"attribute_definitions_claim_unique": errClaim, "attribute_definitions.claim_key": errClaim,
	"trusted_issuers_issuer_unique": errTrustedTaken, "trusted_issuers.issuer": errTrustedTaken,
	"identity_providers_slug_unique": errProviderTaken, "identity_providers.slug": errProviderTaken,
	"scopes_pkey": errScopeTaken, "scopes.name": errScopeTaken,
	"resources_pkey": errResourceTaken, "resources.uri": errResourceTaken,
	"resource_audiences_pkey": errAudienceTaken, "resource_audiences.audience": errAudienceTaken,
}

// refusals are the checks that a person can run into, by the name of the constraint.
var refusals = map[string]*identity.Error{"groups_depth": errGroupDepth}

func duplicate(code identity.Code, field, detail string) *identity.Error {
	return &identity.Error{Kind: identity.Conflict, Code: code, Field: field, Detail: detail}
}

var errText = identity.Errorf(identity.Invalid, identity.CodeValidation, "Text must be valid UTF-8 without NUL.")

// fault translates a driver's error. Errors of a context and of the domain pass through with what was attempted.
func fault(d dialect, operation string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := fmt.Errorf("%s: %w", operation, err)
	var known *identity.Error
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &known) {
		return wrapped
	}
	switch f, constraint := d.classify(err); f {
	case failureUnique:
		if e := duplicates[constraint]; e != nil {
			return e.Because(wrapped)
		}
	case failureCheck:
		if e := refusals[constraint]; e != nil {
			return e.Because(wrapped)
		}
	case failureReference:
		return identity.ErrNotFound.Because(wrapped)
	case failureLastAdmin:
		return identity.ErrLastAdmin.Because(wrapped)
	case failurePreferredName:
		return errPreferredName.Because(wrapped)
	case failureUsername:
		return errUsernameUsed.Because(wrapped)
	case failureText:
		return errText.Because(wrapped)
	case failureContention, failureUnavailable:
		e := identity.ErrUnavailable.Because(wrapped)
		e.RetryAfter = retryAfter
		return e
	case failureOther:
	}
	return wrapped
}

// connectionLost reports whether an error is one that both drivers return when the other end is gone.
func connectionLost(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// orMissing returns the aggregate's not-found error when there was no row.
func (s *Store) orMissing(operation string, err error, missing *identity.Error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return missing
	}
	return s.fault(operation, err)
}

// changed returns missing when a statement has changed no row.
func (s *Store) changed(operation string, res sql.Result, err error, missing *identity.Error) error {
	n, err := s.affected(operation, res, err)
	if err == nil && n == 0 {
		return missing
	}
	return err
}

// affected returns the number of rows that a statement has changed.
func (s *Store) affected(operation string, res sql.Result, err error) (int, error) {
	if err != nil {
		return 0, s.fault(operation, err)
	}
	n, err := res.RowsAffected()
	return int(n), s.fault(operation, err)
}
