package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Store is everything the domain keeps. Lookups of one row return the aggregate's not-found error. A database that is
// away or full returns an error of Kind Unavailable.
type Store interface {
	UserStore
	AdminUserStore
	SessionStore
	AdminSessionStore
	ClientStore
	AdminClientStore
	ScopeStore
	AuthorizationStore
	GrantStore
	KeyStore
	AuditStore
	AdminAuditStore
	LogoutStore
	JobStore
	ReplayStore
	IdempotencyStore

	// InTx runs fn in one transaction: all of it or nothing. fn must use tx only; the outer store would wait for itself on
	// a database with one writer. A deadlock or serialization failure runs fn again, so fn must have no effect but on tx.
	InTx(ctx context.Context, fn func(ctx context.Context, tx Store) error) error
	// Ping asks the database for a sign of life.
	Ping(ctx context.Context) error
}

// UserStore keeps users.
type UserStore interface {
	// InsertUser adds a user; CodeDuplicateUsername or CodeDuplicateEmail when the name is taken without regard to case.
	InsertUser(ctx context.Context, u User) error
	// UserByID, UserByUsername and UserByEmail find one user or return ErrUserNotFound. Names compare without regard to
	// case.
	UserByID(ctx context.Context, id uuid.UUID) (User, error)
	UserByUsername(ctx context.Context, username string) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	// UsersByID finds many users in one statement; missing ones are absent.
	UsersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
	// UpdateUser writes every field but id, created and sign-in bookkeeping (failed attempts, lock, last login) if the
	// stored version is u.Version, and stores u.Version+1. Otherwise *VersionConflictError or ErrUserNotFound. Taking away
	// the last active administrator is ErrLastAdmin, decided by the database.
	UpdateUser(ctx context.Context, u User) error
	// DeleteUser removes the user with sessions, grants and consents. ErrLastAdmin and ErrUserNotFound as above.
	DeleteUser(ctx context.Context, id uuid.UUID) error
	// RecordSignIn notes a successful sign-in of u as it was when the password was verified: last login, failed attempts
	// and lock cleared; rehash, unless empty, replaces the hash if that is still u's. The version does not move.
	// ErrInvalidCredentials when the user is gone, inactive or locked by now, or the password was changed meanwhile.
	RecordSignIn(ctx context.Context, u User, at time.Time, ip, rehash string) error
	// RecordFailedSignIn counts one failure; at the lockAfter-th and any later one the account is locked until lockUntil.
	// It answers the new count.
	RecordFailedSignIn(ctx context.Context, id uuid.UUID, lockAfter int, lockUntil time.Time) (int, error)
	// Users lists one slice; rows come in list order.
	Users(ctx context.Context, q UserQuery) ([]ListRow[User], error)
	// CountUsers counts up to limit+1 users that match; Order and Slice are ignored.
	CountUsers(ctx context.Context, q UserQuery, limit int) (int, error)
	// ActiveAdmins counts active administrators.
	ActiveAdmins(ctx context.Context) (int, error)
}

// SessionStore keeps browser sessions.
type SessionStore interface {
	InsertSession(ctx context.Context, s Session) error
	SessionByID(ctx context.Context, id uuid.UUID) (Session, error)
	// SessionByDigest finds the session of a cookie by any of the digests, ended or not; BrowserSessionByDigest also its
	// user, in the same statement.
	SessionByDigest(ctx context.Context, digests [][]byte) (Session, error)
	BrowserSessionByDigest(ctx context.Context, digests [][]byte) (BrowserSession, error)
	// RenewSession returns a live session a new secret, AuthTime, AMR, ACR and expiry after a re-authentication.
	// ErrSessionNotFound when it has ended.
	RenewSession(ctx context.Context, s Session) error
	// TouchSession moves last activity and expiry of a live session.
	TouchSession(ctx context.Context, id uuid.UUID, at, expires time.Time) error
	// EndSessions ends live sessions and returns which.
	EndSessions(ctx context.Context, sel SessionSelection, at time.Time, reason EndReason) ([]uuid.UUID, error)
	// ActiveSessionCounts counts the active sessions of many users in one statement; users without any are absent.
	ActiveSessionCounts(ctx context.Context, userIDs []uuid.UUID, now time.Time) (map[uuid.UUID]int, error)
}

// ClientStore keeps clients.
type ClientStore interface {
	// InsertClient returns CodeDuplicateClient when the client_id is taken.
	InsertClient(ctx context.Context, c Client) error
	ClientByID(ctx context.Context, id uuid.UUID) (Client, error)
	ClientByClientID(ctx context.Context, clientID string) (Client, error)
	ClientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Client, error)
	// Clients lists all, ordered by client_id.
	Clients(ctx context.Context) ([]Client, error)
	// UpdateClient compares versions as UpdateUser does.
	UpdateClient(ctx context.Context, c Client) error
	// DeleteClient removes the client with its grants and consents.
	DeleteClient(ctx context.Context, id uuid.UUID) error
}

// ScopeStore keeps scopes and resources.
type ScopeStore interface {
	// Scopes lists all, ordered by name.
	Scopes(ctx context.Context) ([]Scope, error)
	// SaveScope inserts or replaces by name.
	SaveScope(ctx context.Context, s Scope) error
	DeleteScope(ctx context.Context, name string) error
	// Resources lists all, ordered by URI.
	Resources(ctx context.Context) ([]Resource, error)
	SaveResource(ctx context.Context, r Resource) error
	DeleteResource(ctx context.Context, uri string) error
}

// AuthorizationStore keeps pending authorization requests.
type AuthorizationStore interface {
	InsertAuthorization(ctx context.Context, r AuthorizationRequest) error
	// AuthorizationByDigest finds one by any of the digests, or ErrRequestNotFound.
	AuthorizationByDigest(ctx context.Context, digests [][]byte) (AuthorizationRequest, error)
	// ProgressAuthorization writes what the person has done so far if the request is not done.
	ProgressAuthorization(ctx context.Context, r AuthorizationRequest) error
	// FinishAuthorization marks the request done; false if it was already done.
	FinishAuthorization(ctx context.Context, id uuid.UUID, at time.Time) (bool, error)
}

// GrantStore keeps grants and consents.
type GrantStore interface {
	InsertGrant(ctx context.Context, g Grant) error
	// InsertCode finishes an authorization request with the grant that it asked for, both or neither. False, and no grant,
	// if the request was already done.
	InsertCode(ctx context.Context, requestID uuid.UUID, at time.Time, g Grant) (bool, error)
	// HoldingByID finds a grant with its holder in one statement, or ErrGrantNotFound.
	HoldingByID(ctx context.Context, id uuid.UUID, now time.Time) (Holding, error)
	// HoldingByCode does so by any of the digests of a code, spent or not.
	HoldingByCode(ctx context.Context, digests [][]byte, now time.Time) (Holding, error)
	// SpendCode marks the code of a live grant spent and stores the first state of its refresh family. True for exactly
	// one caller.
	SpendCode(ctx context.Context, id uuid.UUID, at time.Time, first RefreshState) (bool, error)
	// RotateRefresh moves a live family from generation from to from+1. True for exactly one caller.
	RotateRefresh(ctx context.Context, id uuid.UUID, from int, at, idleExpires time.Time) (bool, error)
	// ExtendRefresh moves the idle expiry of a live family that stands at exactly this generation; false otherwise. It
	// serves clients whose refresh tokens do not rotate.
	ExtendRefresh(ctx context.Context, id uuid.UUID, generation int, idleExpires time.Time) (bool, error)
	// RepeatRefresh counts one more answer for generation from of a live family that stands at from+1 since after
	// graceStart and was repeated fewer than limit times. False otherwise.
	RepeatRefresh(ctx context.Context, id uuid.UUID, from int, graceStart time.Time, limit int) (bool, error)
	// EndGrant ends one live grant of a client and writes the event of that, both or neither. False, and no event, when
	// there is none.
	EndGrant(ctx context.Context, id, clientID uuid.UUID, at time.Time, reason EndReason, event AuditEvent) (bool, error)
	// EndGrants ends live grants and returns which.
	EndGrants(ctx context.Context, sel GrantSelection, at time.Time, reason EndReason) ([]uuid.UUID, error)
	// GrantStatus reads grant, user, client and session of a token, and whether its jti was revoked, in one statement;
	// ErrGrantNotFound when the grant is gone.
	GrantStatus(ctx context.Context, grantID uuid.UUID, jti string, now time.Time) (GrantStatus, error)
	// RevokeToken remembers a jti until the token would have expired, and writes the event of that, both or neither.
	RevokeToken(ctx context.Context, jti string, expires time.Time, event AuditEvent) error
	// TokenRevoked reports whether a jti was revoked.
	TokenRevoked(ctx context.Context, jti string) (bool, error)

	// ConsentFor finds the remembered consent; one without scopes and CreatedAt when there is none.
	ConsentFor(ctx context.Context, userID, clientID uuid.UUID) (Consent, error)
	// DeleteConsent forgets a consent; false when there was none.
	DeleteConsent(ctx context.Context, userID, clientID uuid.UUID) (bool, error)
	// SaveConsent inserts or replaces.
	SaveConsent(ctx context.Context, c Consent) error
}

// KeyStore keeps signing keys.
type KeyStore interface {
	// Keys lists all that are not expired at the given time, oldest first.
	Keys(ctx context.Context, now time.Time) ([]SigningKey, error)
	// InsertKey adds a key; false when there already is one of that algorithm and state next or active.
	InsertKey(ctx context.Context, k SigningKey) (bool, error)
	// MoveKey changes state and times if the stored state is from; false otherwise.
	MoveKey(ctx context.Context, k SigningKey, from KeyState) (bool, error)
}

// AuditStore keeps the trail.
type AuditStore interface {
	InsertAudit(ctx context.Context, events ...AuditEvent) error
}

// JobStore keeps the jobs: the outbox of every change that has work to follow.
type JobStore interface {
	// InsertJobs enqueues jobs. One whose Singleton an unfinished job has is left out.
	InsertJobs(ctx context.Context, jobs ...Job) error
	// ClaimJob takes the job that has been due for the longest time of the kinds, and of no lane in full: it counts an
	// attempt and leases the job until lease. False when there is none. A job whose lease has lapsed is due again.
	ClaimJob(ctx context.Context, now, lease time.Time, kinds, full []string) (Job, bool, error)
	// UpdateJob writes RunAt, LeaseUntil, Progress, Result, Outcome, ErrorCode and FinishedAt of a job that was claimed, if
	// that claim (Attempts) still holds it; false, and nothing is changed, when it was given back, claimed anew or finished.
	UpdateJob(ctx context.Context, j Job) (bool, error)
	// JobBacklogs counts the jobs that are due and not leased, by kind; kinds without any are absent.
	JobBacklogs(ctx context.Context, now time.Time) ([]JobBacklog, error)
}

// ReplayStore remembers what may be used only once.
type ReplayStore interface {
	// MarkUsed returns true for the first caller with this key until expires.
	MarkUsed(ctx context.Context, key string, expires time.Time) (bool, error)
	// Sweep removes up to limit rows of each kind that are of no more use: expired requests, grants that were never used,
	// revoked tokens, replay keys, idempotency keys, sessions and grants that ended, finished jobs, audit events. It returns
	// how many rows went.
	Sweep(ctx context.Context, e Expiry, limit int) (int, error)
}
