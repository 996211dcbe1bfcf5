package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Users is administration of users. Every method checks that the actor of the context may do it.
type Users struct{ d Deps }

// NewUser is what a user is created from. Exactly one of Password, PasswordHash and GeneratePassword is given.
type NewUser struct {
	Username               string
	Email                  string
	Password               string
	PasswordHash           string // imported: argon2id or bcrypt
	GeneratePassword       bool   // makes a temporary password, which forces a change at the first sign-in
	Inactive               bool
	Verified               bool
	Admin                  bool
	RequiresPasswordChange bool
	Claims                 Claims
}

// Create adds a user. The second result is the temporary password if one was generated; it is not kept and cannot be
// shown again, not even by the call of an Idempotency that repeats this one.
func (s *Users) Create(ctx context.Context, n NewUser) (User, string, error) {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return User{}, "", err
	}
	user, temporary, err := s.build(ctx, n)
	if err != nil {
		return User{}, "", err
	}
	user, fresh, err := runIdempotentUser(ctx, s.d, func(ctx context.Context, tx Store) (User, error) {
		if err := tx.InsertUser(ctx, user); err != nil {
			return User{}, err
		}
		event := newEvent(ctx, s.d.Source, ActionUserCreated, TargetUser, user.ID.String(), user.Username)
		event.Changes = userChanges(User{}, user)
		return user, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return User{}, "", fmt.Errorf("create user: %w", err)
	}
	if !fresh {
		temporary = ""
	}
	return user, temporary, nil
}

func (s *Users) build(ctx context.Context, n NewUser) (User, string, error) {
	if err := oneCredential(n); err != nil {
		return User{}, "", err
	}
	now := s.d.Source.Now()
	user := User{
		ID: s.d.Source.NewID(), Username: n.Username, Email: n.Email, PasswordHash: n.PasswordHash, PasswordChangedAt: &now,
		Active: !n.Inactive, Verified: n.Verified, Admin: n.Admin,
		RequiresPasswordChange: n.RequiresPasswordChange || n.GeneratePassword,
		CreatedBy:              ActorFrom(ctx).Name, CreatedAt: now, UpdatedAt: now, Version: 1, Claims: n.Claims,
	}
	if user.Claims.Address.IsZero() {
		user.Claims.Address = nil
	}
	if err := checkUser(user); err != nil {
		return User{}, "", err
	}
	temporary := ""
	password := n.Password
	if n.GeneratePassword {
		temporary = s.d.Policy.Temporary(s.d.Source)
		password = temporary
	} else if password != "" {
		if err := s.d.Policy.Check(password, user.Username, user.Email); err != nil {
			return User{}, "", err
		}
	}
	if password != "" {
		hash, err := s.d.Hasher.Hash(ctx, password)
		if err != nil {
			return User{}, "", err
		}
		user.PasswordHash = hash
	} else if err := s.d.Hasher.CheckEncoded(user.PasswordHash); err != nil {
		return User{}, "", InvalidField("password_hash", "Must be an argon2id or bcrypt hash.").Because(err)
	}
	return user, temporary, nil
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
	return &Error{
		Kind: Invalid, Code: CodeRequired, Field: "password",
		Detail: "Give either a password or ask for a generated one.",
	}
}

func checkUser(u User) error {
	if err := checkUsername(u.Username); err != nil {
		return err
	}
	if err := checkEmail(u.Email); err != nil {
		return err
	}
	return u.Claims.Check()
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
	Claims                 *Claims         // replaces all claims
	PatchClaims            func(c *Claims) // changes some of the stored claims, inside the transaction
}

// Update changes a user. expectedVersion, unless nil, must be the current one, else *VersionConflictError. Taking away
// the last active administrator is ErrLastAdmin, taking away one's own access ErrSelfAdmin. Deactivation, demotion and
// a new password end the user's sessions and grants in the same transaction. A change of nothing writes nothing.
func (s *Users) Update(ctx context.Context, id uuid.UUID, c UserChange, expectedVersion *int) (User, error) {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return User{}, err
	}
	hash, err := s.hashFor(ctx, id, c)
	if err != nil {
		return User{}, err
	}
	user, _, err := runIdempotentUser(ctx, s.d, func(ctx context.Context, tx Store) (User, error) {
		before, err := lockUser(ctx, tx, id)
		if err != nil {
			return User{}, err
		}
		if expectedVersion != nil && *expectedVersion != before.Version {
			return User{}, &VersionConflictError{CurrentVersion: before.Version}
		}
		return s.update(ctx, tx, before, c, hash)
	})
	if err != nil {
		return User{}, fmt.Errorf("update user: %w", err)
	}
	return user, nil
}

// hashFor checks and hashes a new password before the transaction begins, because hashing is slow.
func (s *Users) hashFor(ctx context.Context, id uuid.UUID, c UserChange) (string, error) {
	if c.Password == nil {
		return "", nil
	}
	user, err := s.d.Store.UserByID(ctx, id)
	if err != nil {
		return "", err
	}
	if err := s.d.Policy.Check(*c.Password, user.Username, user.Email); err != nil {
		return "", err
	}
	return s.d.Hasher.Hash(ctx, *c.Password)
}

func (s *Users) update(ctx context.Context, tx Store, before User, c UserChange, hash string) (User, error) {
	after := before
	setIfGiven(&after.Username, c.Username)
	setIfGiven(&after.Email, c.Email)
	setIfGiven(&after.Active, c.Active)
	setIfGiven(&after.Verified, c.Verified)
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
	if err := checkUser(after); err != nil {
		return User{}, err
	}
	now := s.d.Source.Now()
	if hash != "" {
		after.PasswordHash, after.PasswordChangedAt = hash, &now
	}
	lost := before.Admin && !after.Admin || before.Active && !after.Active
	if lost && isSelf(ctx, before.ID) {
		return User{}, ErrSelfAdmin
	}
	changes := userChanges(before, after)
	if len(changes) == 0 {
		return before, nil
	}
	after.UpdatedAt = now
	if err := tx.UpdateUser(ctx, after); err != nil {
		return User{}, err
	}
	after.Version++
	event := newEvent(ctx, s.d.Source, ActionUserUpdated, TargetUser, after.ID.String(), after.Username)
	event.Changes = changes
	if err := tx.InsertAudit(ctx, event); err != nil {
		return User{}, err
	}
	reason := revocationReason(before, after, hash != "")
	if reason != "" {
		if _, err := endAccess(ctx, tx, s.d.Source, after, uuid.Nil, reason); err != nil {
			return User{}, err
		}
	}
	return after, nil
}

// revocationReason says why a change of a user ends their sessions and grants; empty when it does not.
func revocationReason(before, after User, newPassword bool) EndReason {
	switch {
	case before.Active && !after.Active:
		return EndDeactivated
	case before.Admin && !after.Admin:
		return EndDemoted
	case newPassword || !before.RequiresPasswordChange && after.RequiresPasswordChange:
		return EndPasswordReset
	}
	return ""
}

// endAccess ends every session and grant of a user but those of the spared session, and notes it.
func endAccess(ctx context.Context, tx Store, source Source, u User, spare uuid.UUID, reason EndReason) (RevokedCounts, error) {
	return endOf(ctx, tx, source, u, SessionSelection{UserID: u.ID, Except: spare}, GrantSelection{UserID: u.ID, ExceptSession: spare}, reason)
}

// endOf ends sessions and grants of a user and notes it, unless there was nothing to end.
func endOf(
	ctx context.Context, tx Store, source Source, u User, sessions SessionSelection, grants GrantSelection, reason EndReason,
) (RevokedCounts, error) {
	endedSessions, endedGrants, err := endThese(ctx, tx, source, sessions, grants, reason)
	ended := RevokedCounts{Sessions: len(endedSessions), Grants: len(endedGrants)}
	if err != nil || ended == (RevokedCounts{}) {
		return RevokedCounts{}, err
	}
	event := newEvent(ctx, source, ActionSessionsEnded, TargetUser, u.ID.String(), u.Username)
	event.Reason = string(reason)
	event.Changes = map[string]Change{"sessions": {After: ended.Sessions}, "grants": {After: ended.Grants}}
	return ended, tx.InsertAudit(ctx, event)
}

// Get finds one user by exactly one key.
func (s *Users) Get(ctx context.Context, by UserBy) (User, error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return User{}, err
	}
	switch {
	case by.ID != uuid.Nil:
		return s.d.Store.UserByID(ctx, by.ID)
	case by.Username != "":
		return s.d.Store.UserByUsername(ctx, by.Username)
	case by.Email != "":
		return s.d.Store.UserByEmail(ctx, by.Email)
	}
	return User{}, ErrUserNotFound
}

// ByIDs finds many users in one statement; missing ones are absent.
func (s *Users) ByIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.d.Store.UsersByID(ctx, ids)
}

// Self finds the user who acts.
func (s *Users) Self(ctx context.Context) (User, error) {
	actor := ActorFrom(ctx)
	if actor.Kind != ActorUser {
		return User{}, ErrUserNotFound
	}
	return s.d.Store.UserByID(ctx, actor.UserID)
}

// ActiveSessionCounts counts the active sessions of many users in one statement; users without any are absent.
func (s *Users) ActiveSessionCounts(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int, error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.d.Store.ActiveSessionCounts(ctx, ids, s.d.Source.Now())
}

// EnsureAdmin creates the first administrator when there is none. created is false, and nothing is changed, when there
// is one. The second result is the generated password if none was given.
func (s *Users) EnsureAdmin(ctx context.Context, username, email, password string) (created bool, generated string, err error) {
	n, err := s.d.Store.ActiveAdmins(ctx)
	if err != nil || n > 0 {
		return false, "", err
	}
	_, generated, err = s.Create(ctx, NewUser{
		Username: username, Email: email, Password: password, GeneratePassword: password == "", Verified: true, Admin: true,
	})
	var taken *Error
	if errors.As(err, &taken) && taken.Kind == Conflict {
		// Another node was faster, or an ordinary user has the name: the first is fine, the second is for the operator.
		if n, countErr := s.d.Store.ActiveAdmins(ctx); countErr == nil && n > 0 {
			return false, "", nil
		}
	}
	return err == nil, generated, err
}

// requireScope is the second layer of administration: the service does not trust that a surface has checked.
func requireScope(ctx context.Context, scope string) error {
	actor := ActorFrom(ctx)
	if actor.MayAdminister(scope) {
		return nil
	}
	if actor.Kind == ActorAnonymous {
		return &Error{Kind: Unauthenticated, Code: CodeUnauthenticated, Detail: "Sign in first."}
	}
	if !actor.Admin {
		return &Error{Kind: Forbidden, Code: CodeForbidden, Detail: "Only administrators may do this."}
	}
	return Errorf(Forbidden, CodeInsufficientScope, "The token lacks the scope %s.", scope)
}

func setIfGiven[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
