package store

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"github.com/authly/authly/identity"
)

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID                     uuid.UUID       `bun:"id,pk,type:uuid"` // the type is for UpdateUsers
	Username               string          `bun:"username"`
	UsernameKey            string          `bun:"username_key" store:"write-only"`
	Email                  string          `bun:"email"`
	EmailKey               string          `bun:"email_key" store:"write-only"`
	PasswordHash           string          `bun:"password_hash"`
	PasswordChangedAt      *time.Time      `bun:"password_changed_at"`
	PasswordExpiresAt      *time.Time      `bun:"password_expires_at"`
	Active                 bool            `bun:"active"`
	Verified               bool            `bun:"verified"`
	Admin                  bool            `bun:"admin"`
	RequiresPasswordChange bool            `bun:"requires_password_change"`
	SecondFactor           bool            `bun:"second_factor"`
	Passkey                bool            `bun:"passkey"`
	SecurityKey            bool            `bun:"security_key"`
	SecondStep             bool            `bun:"second_step"`
	SecondFactorDueAt      *time.Time      `bun:"second_factor_due_at"`
	SecondFactorRequired   bool            `bun:"second_factor_required"`
	TermsVersion           string          `bun:"terms_version"`
	TermsAcceptedAt        *time.Time      `bun:"terms_accepted_at"`
	FailedAttempts         int             `bun:"failed_attempts"`
	LockedUntil            *time.Time      `bun:"locked_until"`
	UnlockedAt             *time.Time      `bun:"unlocked_at"`
	LastLoginAt            *time.Time      `bun:"last_login_at"`
	LastLoginIP            string          `bun:"last_login_ip"`
	CreatedBy              string          `bun:"created_by"`
	CreatedAt              time.Time       `bun:"created_at"`
	UpdatedAt              time.Time       `bun:"updated_at"`
	Version                int             `bun:"version"`
	Claims                 identity.Claims `bun:"embed:"`
	NameKey                string          `bun:"name_key" store:"write-only"`
	GivenNameKey           string          `bun:"given_name_key" store:"write-only"`
	FamilyNameKey          string          `bun:"family_name_key" store:"write-only"`
	SearchText             string          `bun:"search_text" store:"write-only"`
	PreferredUsernameKey   string          `bun:"preferred_username_key" store:"write-only"`
}

func fromUser(u identity.User) userRow {
	row := userRow{
		ID: u.ID, Username: u.Username, UsernameKey: fold(u.Username), Email: u.Email, EmailKey: fold(u.Email),
		PasswordHash: u.Password.Hash, PasswordChangedAt: u.Password.ChangedAt, PasswordExpiresAt: u.Password.ExpiresAt,
		Active: u.Active, Verified: u.Verified,
		Admin: u.Admin, RequiresPasswordChange: u.RequiresPasswordChange, SecondFactor: u.App, SecondFactorDueAt: u.SecondFactorDueAt,
		Passkey: u.Passkey, SecurityKey: u.SecurityKey, SecondStep: u.SecondStep,
		SecondFactorRequired: u.SecondFactorRequired,
		TermsVersion:         u.Terms.Version, TermsAcceptedAt: u.Terms.At,
		FailedAttempts: u.FailedAttempts,
		LockedUntil:    u.LockedUntil, UnlockedAt: u.UnlockedAt, LastLoginAt: u.LastLoginAt,
		LastLoginIP: sanitize(u.LastLoginIP), CreatedBy: u.CreatedBy,
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt, Version: u.Version, Claims: u.Claims, NameKey: fold(u.DisplayName()),
		GivenNameKey: fold(u.Claims.GivenName), FamilyNameKey: fold(u.Claims.FamilyName),
		PreferredUsernameKey: nameKey(u.Claims.PreferredUsername),
	}
	if u.Claims.Address.IsZero() {
		row.Claims.Address = nil
	}
	row.SearchText = searchText(&u)
	return row
}

// NameKey returns what a preferred username is compared with usernames by.
func (*Store) NameKey(name string) string { return nameKey(name) }

// nameKey is what a preferred username is compared with usernames by, which are ASCII: the compatible forms of a letter are
// that letter, and what is not seen does not count.
func nameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

func toUser(r userRow) identity.User {
	if !r.RequiresPasswordChange { // a server of the version before does not take the end of a former password away
		r.PasswordExpiresAt = nil
	}
	return identity.User{
		ID: r.ID, Username: r.Username, Email: r.Email, Active: r.Active, Verified: r.Verified, Admin: r.Admin,
		Password: identity.PasswordCredential{
			Hash: r.PasswordHash, ChangedAt: utc(r.PasswordChangedAt), ExpiresAt: utc(r.PasswordExpiresAt),
		},
		RequiresPasswordChange: r.RequiresPasswordChange, App: r.SecondFactor, SecondFactorDueAt: utc(r.SecondFactorDueAt),
		Passkey: r.Passkey, SecurityKey: r.SecurityKey, SecondStep: r.SecondStep && r.Passkey,
		SecondFactorRequired: r.SecondFactorRequired,
		Terms:                identity.TermsAcceptance{Version: r.TermsVersion, At: utc(r.TermsAcceptedAt)},
		FailedAttempts:       r.FailedAttempts,
		LockedUntil:          utc(r.LockedUntil), UnlockedAt: utc(r.UnlockedAt), LastLoginAt: utc(r.LastLoginAt), LastLoginIP: r.LastLoginIP,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
		Claims: r.Claims,
	}
}

var (
	userByID       = selection[userRow]("WHERE u.id = $1")
	userByUsername = selection[userRow]("WHERE u.username_key = $1")
	userByEmail    = selection[userRow]("WHERE u.email_key = $1")
)

// InsertUser implements identity.UserStore.
func (s *Store) InsertUser(ctx context.Context, u identity.User) error {
	row := fromUser(u)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert user", err)
}

// UserByID implements identity.UserStore.
func (s *Store) UserByID(ctx context.Context, id uuid.UUID) (identity.User, error) {
	return s.user(ctx, userByID, id)
}

// UserByUsername implements identity.UserStore.
func (s *Store) UserByUsername(ctx context.Context, username string) (identity.User, error) {
	if !validLogin(username) {
		return identity.User{}, identity.ErrUserNotFound
	}
	return s.user(ctx, userByUsername, fold(username))
}

// UserByEmail implements identity.UserStore.
func (s *Store) UserByEmail(ctx context.Context, email string) (identity.User, error) {
	if !validLogin(email) {
		return identity.User{}, identity.ErrUserNotFound
	}
	return s.user(ctx, userByEmail, fold(email))
}

// validLogin reports whether a text can be a username or an e-mail address. Folding maps some characters to ASCII letters
// (U+212A to k, U+0130 to i), and must not make another text somebody's name.
func validLogin(text string) bool {
	return validText(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII && unicode.ToLower(r) <= unicode.MaxASCII
	})
}

func (s *Store) user(ctx context.Context, st statement, key any) (identity.User, error) {
	var row userRow
	if err := s.get(ctx, st, scanDestinations(&row), key); err != nil {
		return identity.User{}, s.orMissing("read user", err, identity.ErrUserNotFound)
	}
	return toUser(row), nil
}

// UsersByID implements identity.UserStore.
func (s *Store) UsersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.User, error) {
	rows, err := byIDs[userRow](ctx, s, ids)
	if err != nil {
		return nil, s.fault("read users", err)
	}
	return usersFrom(rows), nil
}

func usersFrom(rows []userRow) map[uuid.UUID]identity.User {
	found := make(map[uuid.UUID]identity.User, len(rows))
	for _, row := range rows {
		found[row.ID] = toUser(row)
	}
	return found
}

// notUpdated are the columns of users that UpdateUser leaves alone.
var notUpdated = []string{
	"id", "created_by", "created_at", "second_factor", "passkey", "security_key", "second_step", "second_factor_due_at", "terms_version",
	"terms_accepted_at", "failed_attempts", "locked_until", "unlocked_at", "last_login_at", "last_login_ip",
}

// UpdateUser implements identity.UserStore.
func (s *Store) UpdateUser(ctx context.Context, u identity.User) error {
	row := fromUser(u)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = u.Version + 1
	res, err := s.write().NewUpdate().Model(&row).ExcludeColumn(notUpdated...).
		Where("u.id = ?", u.ID).Where("u.version = ?", u.Version).Exec(ctx)
	n, err := s.affected("update user", res, err)
	if err != nil || n == 1 {
		return err
	}
	return s.conflict(ctx, "users", u.ID, identity.ErrUserNotFound)
}

// conflict returns why an update with an expected version has changed no row.
func (s *Store) conflict(ctx context.Context, table string, id uuid.UUID, missing *identity.Error) error {
	var version int
	err := s.write().NewSelect().Table(table).Column("version").Where("id = ?", id).Scan(ctx, &version)
	if err != nil {
		return s.orMissing("read version", err, missing)
	}
	return &identity.VersionConflictError{CurrentVersion: version}
}

var acceptTerms = statement{"update users", `UPDATE users SET terms_version = $2, terms_accepted_at = $3 WHERE id = $1`}

// AcceptTerms implements identity.TermsStore.
func (s *Store) AcceptTerms(ctx context.Context, id uuid.UUID, t identity.TermsAcceptance) error {
	res, err := s.exec(ctx, acceptTerms, id, t.Version, t.At)
	return s.changed("accept terms", res, err, identity.ErrUserNotFound)
}

// DeleteUser implements identity.UserStore.
func (s *Store) DeleteUser(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*userRow)(nil)).Where("u.id = ?", id).Exec(ctx)
	return s.changed("delete user", res, err, identity.ErrUserNotFound)
}

var recordSignIn = statement{"update users", `UPDATE users SET last_login_at = $2, last_login_ip = $3, failed_attempts = 0,
	locked_until = CASE WHEN locked_until > $2 THEN locked_until END,
	password_hash = CASE WHEN $5 <> '' AND password_hash = $4 THEN $5 ELSE password_hash END,
	second_factor_due_at = COALESCE(second_factor_due_at, $7)
	WHERE id = $1 AND active AND password_changed_at IS NOT DISTINCT FROM $6`}

// RecordSignIn implements identity.UserStore.
func (s *Store) RecordSignIn(ctx context.Context, u identity.User, at time.Time, ip, rehash string) error {
	res, err := s.exec(ctx, recordSignIn, u.ID, at, sanitize(ip), u.Password.Hash, rehash, u.Password.ChangedAt, u.SecondFactorDueAt)
	return s.changed("record sign-in", res, err, identity.ErrInvalidCredentials)
}

var upgradePassword = statement{"update users", `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`}

// UpgradePassword implements identity.UserStore.
func (s *Store) UpgradePassword(ctx context.Context, u identity.User, rehash string) error {
	_, err := s.exec(ctx, upgradePassword, u.ID, u.Password.Hash, rehash)
	return s.fault("upgrade password", err)
}

var recordFailedSignIn = statement{"update users", `UPDATE users SET failed_attempts = failed_attempts + 1,
	locked_until = COALESCE($2, locked_until) WHERE id = $1 RETURNING failed_attempts`}

// RecordFailedSignIn implements identity.UserStore.
func (s *Store) RecordFailedSignIn(ctx context.Context, id uuid.UUID, slowedUntil *time.Time) (int, error) {
	var count int
	if err := s.value(ctx, recordFailedSignIn, &count, id, slowedUntil); err != nil {
		return 0, s.orMissing("record failed sign-in", err, identity.ErrUserNotFound)
	}
	return count, nil
}

// ActiveAdmins implements identity.UserStore.
func (s *Store) ActiveAdmins(ctx context.Context) (int, error) {
	n, err := s.read().NewSelect().Model((*userRow)(nil)).Where("u.admin AND u.active").Count(ctx)
	return int(n), s.fault("count administrators", err)
}
