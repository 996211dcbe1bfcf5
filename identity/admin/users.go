package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Users is administration of users. Every method checks that the actor of the context may do it.
type Users struct {
	changes
	store    userStore
	hasher   identity.PasswordHasher
	policy   identity.PasswordPolicy
	settings *identity.LiveSettings
	mails    *identity.Mails
	subjects *identity.Subjects
}

// userStore is what Users reads outside of its transactions.
type userStore interface {
	identity.UserReader
	identity.UserLister
	identity.SessionCounter
	identity.ReachReader
	identity.AttributeReader
	identity.NameReader
	identity.ClientReader
	PasskeysOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.Passkey, error)
	LinkedIdentitiesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.LinkedIdentity, error)
	RecoveryCodesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.RecoveryCodes, error)
	BrowsersOfUsers(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.KnownBrowser, error)
}

// NewUser is what a user is created from. Exactly one of Password, PasswordHash and GeneratePassword is given.
type NewUser struct {
	Username               string
	Email                  string
	Password               string
	PasswordHash           string // imported: a format of docs/import.md
	GeneratePassword       bool   // makes a temporary password, which forces a change at the first sign-in; none where none is taken
	Inactive               bool
	Verified               bool
	Admin                  bool
	RequiresPasswordChange bool
	Claims                 identity.Claims
	Attributes             identity.AttributeValues // in any form that their types have

	id    uuid.UUID // that the user has had elsewhere; zero: one is made
	first bool      // of an installation: nobody is there who could have declared what is required
	made  bool      // PasswordHash is of a password that was made here, not imported
}

// Create adds a user. The second result is the temporary password if one was generated; it is not stored and cannot be
// shown again, not even by the call of an Idempotency that repeats this one.
func (s *Users) Create(ctx context.Context, n NewUser) (identity.User, string, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return identity.User{}, "", err
	}
	if err := overUsers(ctx, identity.User{Admin: n.Admin}); err != nil {
		return identity.User{}, "", err
	}
	user, temporary, err := s.build(ctx, n)
	if err != nil {
		return identity.User{}, "", err
	}
	const scope = identity.ScopeUsersWrite
	user, fresh, err := runIdempotentUser(ctx, s.changes, scope, func(ctx context.Context, tx identity.Store) (identity.User, error) {
		if err := tx.InsertUser(ctx, user); err != nil {
			return identity.User{}, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionUserCreated, identity.TargetUser, user.ID.String(), user.Username)
		event.Changes = identity.UserChanges(identity.User{}, user)
		if len(n.Attributes) > 0 {
			changed, err := changeAttributes(ctx, tx, nil, n.Attributes)
			if err != nil {
				return identity.User{}, err
			}
			changed.note(event.Changes)
			if err := changed.save(ctx, tx, user.ID); err != nil {
				return identity.User{}, err
			}
		}
		return user, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return identity.User{}, "", fmt.Errorf("create user: %w", err)
	}
	if !fresh {
		temporary = ""
	}
	return user, temporary, nil
}

func (s *Users) build(ctx context.Context, n NewUser) (identity.User, string, error) {
	var faults identity.Faults
	faults.Add(oneCredential(n))
	user := s.newUser(ctx, n)
	faults.Add(user.Check())
	if !n.first {
		_, err := changeAttributes(ctx, s.store, nil, n.Attributes)
		faults.Add(err)
	}
	temporary := ""
	password := n.Password
	if n.GeneratePassword && !s.settings.Get().TakesPasswords() { // it would be of no use: a recovery link lets the user in
		n.GeneratePassword, user.RequiresPasswordChange = false, n.RequiresPasswordChange
	}
	if n.GeneratePassword {
		temporary = s.policy.Temporary(s.source)
		password = temporary
	} else if password != "" {
		faults.Add(s.policy.Check(password, user.Username, user.Email))
	}
	if n.PasswordHash != "" {
		faults.Add(checkHash(s.hasher, n.PasswordHash))
	}
	if err := faults.Err(); err != nil {
		return identity.User{}, "", err
	}
	if password != "" {
		hash, err := s.hasher.Hash(ctx, password)
		if err != nil {
			return identity.User{}, "", err
		}
		user.Password.Hash = hash
	}
	// Whose hash was imported may come at any time.
	if user.RequiresPasswordChange && (password != "" || n.made) {
		user.Password.ExpiresAt = s.settings.Get().TemporaryPasswordEnd(user.CreatedAt)
	}
	return user, temporary, nil
}

// newUser is the user that is described, unchecked.
func (s *Users) newUser(ctx context.Context, n NewUser) identity.User {
	now := s.source.Now()
	user := identity.User{
		ID: s.source.NewID(), Username: n.Username, Email: n.Email, Password: identity.PasswordCredential{Hash: n.PasswordHash, ChangedAt: &now},
		Active: !n.Inactive, Verified: n.Verified, Admin: n.Admin,
		RequiresPasswordChange: n.RequiresPasswordChange || n.GeneratePassword,
		CreatedBy:              identity.ActorFrom(ctx).Name, CreatedAt: now, UpdatedAt: now, Version: 1, Claims: n.Claims,
	}
	if n.id != uuid.Nil {
		user.ID = n.id
	}
	if user.Claims.Address.IsZero() {
		user.Claims.Address = nil
	}
	return user
}

// checkHash refuses a hash that no password could be compared with.
func checkHash(hasher identity.PasswordHasher, hash string) error {
	if err := hasher.CheckEncoded(hash); err != nil {
		return identity.InvalidField(
			"password_hash", "Must be a hash of argon2id, bcrypt, scrypt, PBKDF2 or Firebase scrypt, within the bounds.",
		).Because(err)
	}
	return nil
}

// oneCredential refuses a user with several passwords or none.
func oneCredential(n NewUser) error {
	given := 0
	for _, set := range []bool{n.Password != "", n.PasswordHash != "", n.GeneratePassword} {
		if set {
			given++
		}
	}
	if given == 1 {
		return nil
	}
	return &identity.Error{
		Kind: identity.Invalid, Code: identity.CodeRequired, Field: "password",
		Detail: "Give exactly one of a password, its hash, and the wish for a generated one.",
	}
}

// UserChange is a partial update: nil keeps a field, a pointer to the zero value clears it.
type UserChange struct {
	Username               *string
	Email                  *string
	Active                 *bool
	Verified               *bool
	Admin                  *bool
	RequiresPasswordChange *bool
	Password               *string
	PhoneNumberVerified    *bool
	Claims                 *identity.Claims         // replaces all claims
	PatchClaims            func(c *identity.Claims) // changes some of the stored claims, inside the transaction
	Attributes             identity.AttributeValues // changes some attributes: one without values is cleared
	ClearAttributes        bool                     // clears all others
}

// apply returns the user after the change. What was verified is the address or number of before: another one is not,
// unless the change says so itself.
func (c UserChange) apply(before identity.User) identity.User {
	after := before
	setIfGiven(&after.Username, c.Username)
	setIfGiven(&after.Email, c.Email)
	setIfGiven(&after.Active, c.Active)
	setIfGiven(&after.Admin, c.Admin)
	setIfGiven(&after.RequiresPasswordChange, c.RequiresPasswordChange)
	setIfGiven(&after.Claims, c.Claims)
	if c.PatchClaims != nil {
		if after.Claims.Address != nil {
			address := *after.Claims.Address // before keeps its own
			after.Claims.Address = &address
		}
		c.PatchClaims(&after.Claims)
	}
	if after.Claims.Address.IsZero() {
		after.Claims.Address = nil
	}
	after.Verified = before.Verified && strings.EqualFold(after.Email, before.Email)
	setIfGiven(&after.Verified, c.Verified)
	if c.Claims == nil && after.Claims.PhoneNumber != before.Claims.PhoneNumber {
		after.Claims.PhoneNumberVerified = false
	}
	setIfGiven(&after.Claims.PhoneNumberVerified, c.PhoneNumberVerified)
	return after
}

// Update changes a user. expectedVersion, unless nil, must be the current one, else *VersionConflictError. Taking away
// the last active administrator is ErrLastAdmin, taking away one's own access ErrSelfAdmin. Deactivation, demotion and
// a new password end the user's sessions and grants in the same transaction. A change of nothing writes nothing.
func (s *Users) Update(ctx context.Context, id uuid.UUID, c UserChange, expectedVersion *int) (identity.User, error) {
	within, err := requireReach(ctx, identity.ScopeUsersWrite)
	if err != nil {
		return identity.User{}, err
	}
	if within.limited() && (c.Username != nil || c.Email != nil || c.changesAttributes()) { // that others have them is not told
		return identity.User{}, requireScope(ctx, identity.ScopeUsersWrite)
	}
	if err := within.find(ctx, s.store, id); err != nil {
		return identity.User{}, err
	}
	hash, err := s.hashFor(ctx, id, c)
	if err != nil {
		return identity.User{}, err
	}
	const scope = identity.ScopeUsersWrite
	user, _, err := runIdempotentUser(ctx, s.changes, scope, func(ctx context.Context, tx identity.Store) (identity.User, error) {
		before, err := lockUser(ctx, tx, identity.ScopeUsersWrite, id)
		if err != nil {
			return identity.User{}, err
		}
		if err := atVersion(expectedVersion, before.Version); err != nil {
			return identity.User{}, err
		}
		return s.update(ctx, tx, before, c, hash)
	})
	if err != nil {
		return identity.User{}, fmt.Errorf("update user: %w", err)
	}
	return user, nil
}

// errPasswordExpired keeps a temporary password from coming back for good.
var errPasswordExpired = identity.InvalidField(
	"requires_password_change", "Must be true: the temporary password has expired. Reset it instead.",
)

// madePassword is a password that an administrator has made now; one that must be changed has an end.
func (s *Users) madePassword(hash string, now time.Time, temporary bool) identity.PasswordCredential {
	made := identity.PasswordCredential{Hash: hash, ChangedAt: &now}
	if temporary {
		made.ExpiresAt = s.settings.Get().TemporaryPasswordEnd(now)
	}
	return made
}

// hashFor checks and hashes a new password before the transaction begins, because hashing is slow.
func (s *Users) hashFor(ctx context.Context, id uuid.UUID, c UserChange) (string, error) {
	if c.Password == nil {
		return "", nil
	}
	user, err := s.store.UserByID(ctx, id)
	if err != nil {
		return "", err
	}
	user = c.apply(user)
	var faults identity.Faults
	faults.Add(user.Check())
	faults.Add(s.policy.Check(*c.Password, user.Username, user.Email))
	if err := faults.Err(); err != nil {
		return "", err
	}
	return s.hasher.Hash(ctx, *c.Password)
}

// Get finds one user by exactly one key.
func (s *Users) Get(ctx context.Context, by identity.UserBy) (identity.User, error) {
	within, err := requireReach(ctx, identity.ScopeUsersRead)
	if err != nil {
		return identity.User{}, err
	}
	user, err := s.get(ctx, by)
	if err == nil {
		err = within.find(ctx, s.store, user.ID)
	}
	if err != nil {
		return identity.User{}, err
	}
	return user, nil
}

func (s *Users) get(ctx context.Context, by identity.UserBy) (identity.User, error) {
	switch {
	case by.ID != uuid.Nil:
		return s.store.UserByID(ctx, by.ID)
	case by.Username != "":
		return s.store.UserByUsername(ctx, by.Username)
	case by.Email != "":
		return s.store.UserByEmail(ctx, by.Email)
	case by.Subject != (identity.ClientSubject{}):
		return s.bySubject(ctx, by.Subject)
	}
	return identity.User{}, identity.ErrUserNotFound
}

// bySubject finds whom a client calls by a sub, also where that is its own name for them (OIDC Core §8).
func (s *Users) bySubject(ctx context.Context, named identity.ClientSubject) (identity.User, error) {
	client, err := s.store.ClientByClientID(ctx, named.ClientID)
	if errors.Is(err, identity.ErrClientNotFound) {
		return identity.User{}, identity.ErrUserNotFound
	}
	if err != nil {
		return identity.User{}, err
	}
	id, err := s.subjects.User(ctx, client, named.Sub)
	if err != nil {
		return identity.User{}, err
	}
	parsed, err := uuid.Parse(id)
	if err != nil || id != parsed.String() {
		return identity.User{}, identity.ErrUserNotFound
	}
	return s.store.UserByID(ctx, parsed)
}

// ByIDs finds many users in one statement; missing ones are absent.
func (s *Users) ByIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.User, error) {
	ids, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil {
		return nil, err
	}
	return s.store.UsersByID(ctx, ids)
}

// Names reads the usernames of many users in one statement; missing ones are absent.
func (s *Users) Names(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	ids, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil {
		return nil, err
	}
	return s.store.Usernames(ctx, ids)
}

// ActiveSessionCounts counts the active sessions of many users in one statement; users without any are absent.
func (s *Users) ActiveSessionCounts(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
	ids, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return s.store.ActiveSessionCounts(ctx, ids, s.source.Now())
}

// EnsureAdmin creates the first administrator when there is none. created is false, and nothing is changed, when there
// is one. The second result is the generated password if none was given.
func (s *Users) EnsureAdmin(ctx context.Context, username, email, password string) (created bool, generated string, err error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return false, "", err
	}
	n, err := s.store.ActiveAdmins(ctx)
	if err != nil || n > 0 {
		return false, "", err
	}
	_, generated, err = s.Create(ctx, NewUser{
		Username: username, Email: email, Password: password, GeneratePassword: password == "", Verified: true, Admin: true,
		first: true,
	})
	var taken *identity.Error
	if errors.As(err, &taken) && taken.Kind == identity.Conflict {
		// Another node was faster, or an ordinary user has the name: the first is fine, the second is for the operator.
		if n, countErr := s.store.ActiveAdmins(ctx); countErr == nil && n > 0 {
			return false, "", nil
		}
	}
	return err == nil, generated, err
}
