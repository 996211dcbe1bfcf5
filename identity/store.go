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
	DeviceStore
	CredentialStore
	SecondFactorStore
	PasskeyStore
	ProviderStore
	TrustedIssuerStore
	OneTimeTokenStore
	RegistrationStore
	SignInCodeStore
	DeviceAuthorizationStore
	BackchannelStore
	EventStreamStore
	InvitationStore
	SessionStore
	AdminSessionStore
	AdminGrantStore
	ClientStore
	AdminClientStore
	ClientUsageStore
	SelfRegisteredStore
	InitialAccessTokenStore
	ClientUserLister
	GroupStore
	RoleStore
	AttributeStore
	SettingStore
	BrandStore
	AdministrationStore
	ScopeStore
	InteractionStore
	GrantStore
	AccessTokenStore
	ConsentStore
	KeyStore
	PairwiseKeyStore
	AuditStore
	AdminAuditStore
	AuditChainStore
	StatisticsStore
	LogoutStore
	JobStore
	MailStore
	TransferStore
	BulkUserStore
	UserDataReader
	UserDataEraser
	ReplayStore
	IdempotencyStore
	Transactor

	// Ping checks that the database responds.
	Ping(ctx context.Context) error
}

// Transactor runs transactions.
type Transactor interface {
	// InTx runs fn in one transaction: all of it or nothing. fn must use tx only; the outer store would wait for itself on
	// a database with one writer. A deadlock or serialization failure runs fn again, so fn must have no effect but on tx.
	InTx(ctx context.Context, fn func(ctx context.Context, tx Store) error) error
}

// UserStore keeps users.
type UserStore interface {
	UserReader
	UserLister
	UserWriter
	TermsStore
	SignInRecorder
}

// UserReader finds users.
type UserReader interface {
	// UserByID, UserByUsername and UserByEmail find one user or return ErrUserNotFound. Names compare without regard to
	// case.
	UserByID(ctx context.Context, id uuid.UUID) (User, error)
	UserByUsername(ctx context.Context, username string) (User, error)
	UserByEmail(ctx context.Context, email string) (User, error)
	// UsersByID finds many users in one statement; missing ones are absent.
	UsersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
	// NameKey returns the form in which names are compared that people take for the same, as preferred usernames are.
	NameKey(name string) string
}

// UserLister lists and counts users.
type UserLister interface {
	// Users lists one slice; rows come in list order.
	Users(ctx context.Context, q UserQuery) ([]ListRow[User], error)
	// CountUsers counts up to limit+1 users that match; Order and Slice are ignored.
	CountUsers(ctx context.Context, q UserQuery, limit int) (int, error)
	// ActiveAdmins counts active administrators.
	ActiveAdmins(ctx context.Context) (int, error)
}

// UserWriter changes users.
type UserWriter interface {
	// InsertUser adds a user; CodeDuplicateUsername or CodeDuplicateEmail when the name is taken without regard to case.
	InsertUser(ctx context.Context, u User) error
	// UpdateUser writes every field but those that move by themselves (see User) if the stored version is u.Version, and stores
	// u.Version+1; else *VersionConflictError or ErrUserNotFound. ErrLastAdmin is decided by the database.
	UpdateUser(ctx context.Context, u User) error
	// DeleteUser removes the user with all that hangs on it. ErrLastAdmin and ErrUserNotFound as above.
	DeleteUser(ctx context.Context, id uuid.UUID) error
}

// SignInRecorder records sign-ins, successful or not.
type SignInRecorder interface {
	// RecordSignIn notes a successful sign-in of u as it was when the password was verified: last login, failed attempts
	// cleared; rehash, unless empty, replaces the hash if that is still u's. The version does not move.
	// ErrInvalidCredentials when the user is gone or inactive by now, or the password was changed meanwhile.
	// The time when a second factor is due is stored if there is none yet.
	RecordSignIn(ctx context.Context, u User, at time.Time, ip, rehash string) error
	// UpgradePassword replaces the hash of u's password by one of the same password, if it is still u's.
	UpgradePassword(ctx context.Context, u User, rehash string) error
	// RecordFailedSignIn counts one failure and returns the new count. If slowedUntil is not nil, strangers are refused until
	// then.
	RecordFailedSignIn(ctx context.Context, id uuid.UUID, slowedUntil *time.Time) (int, error)
}

// DeviceStore keeps from where users have signed in.
type DeviceStore interface {
	// Familiarity reports whether the user was seen on a browser with one of the digests, or in the network, after the
	// times given, and whether such a browser spares the second factor at the time.
	Familiarity(
		ctx context.Context, userID uuid.UUID, browser [][]byte, network string, at, browserSince, networkSince time.Time,
	) (Familiarity, error)
	// RememberPlace notes that the user was seen there, gives everybody who was known on the browser its new digest, and
	// forgets the oldest places beyond MaxKnownBrowsers and MaxKnownNetworks.
	RememberPlace(ctx context.Context, p Place) error
	// EndTrust asks a user for the second factor on all browsers but the one, and returns how many of them have spared it at the time.
	EndTrust(ctx context.Context, userID uuid.UUID, but [][]byte, at time.Time) (int, error)
	// CountTrusted counts the browsers that spare a user the second factor at the time.
	CountTrusted(ctx context.Context, userID uuid.UUID, at time.Time) (int, error)
	// BrowsersOfUsers lists the browsers on which many users were seen, the latest first, in one statement.
	BrowsersOfUsers(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]KnownBrowser, error)
	// ForgetBrowsers forgets on which browsers the user was seen.
	ForgetBrowsers(ctx context.Context, userID uuid.UUID) error
}

// CredentialStore keeps what users prove who they are with.
type CredentialStore interface {
	// CredentialsOf lists the credentials of a user, oldest first.
	CredentialsOf(ctx context.Context, userID uuid.UUID) ([]Credential, error)
}

// SessionStore keeps browser sessions.
type SessionStore interface {
	SessionReader
	SessionCounter
	// HoldSession keeps a session from ending, and its user from being deactivated or given another password, until the
	// transaction ends; ErrSessionNotFound when one of that has happened since they were read, or the cookie was renewed.
	HoldSession(ctx context.Context, b BrowserSession, at time.Time) error
	InsertSession(ctx context.Context, s Session) error
	// RenewSession gives a live session a new secret, assurance and expiry after a re-authentication.
	// ErrSessionNotFound when it has ended.
	RenewSession(ctx context.Context, s Session) error
	// TouchSession moves last activity and expiry of a live session.
	TouchSession(ctx context.Context, id uuid.UUID, at, expires time.Time) error
	// SessionsBeyond returns the live sessions of a user, complete or not, but the newest by their last activity. Of very
	// many it returns some.
	SessionsBeyond(ctx context.Context, userID uuid.UUID, newest int, now time.Time) ([]uuid.UUID, error)
	// EndSessions ends live sessions and returns which.
	EndSessions(ctx context.Context, sel SessionSelection, at time.Time, reason EndReason) ([]uuid.UUID, error)
}

// SessionReader finds sessions.
type SessionReader interface {
	SessionByID(ctx context.Context, id uuid.UUID) (Session, error)
	// SessionFactors returns the factors of a session, which no other method reads; ErrSessionNotFound when it is gone.
	SessionFactors(ctx context.Context, id uuid.UUID) ([]Factor, error)
	// SessionByDigest finds the session of a cookie by any of the digests, ended or not; BrowserSessionByDigest also its
	// user, in the same statement.
	SessionByDigest(ctx context.Context, digests [][]byte) (Session, error)
	BrowserSessionByDigest(ctx context.Context, digests [][]byte) (BrowserSession, error)
}

// SessionCounter counts the sessions of users.
type SessionCounter interface {
	// ActiveSessionCounts counts the active sessions of many users in one statement; users without any are absent.
	ActiveSessionCounts(ctx context.Context, userIDs []uuid.UUID, now time.Time) (map[uuid.UUID]int, error)
}

// ClientStore keeps clients.
type ClientStore interface {
	ClientReader
	ClientLister
	ClientWriter
}

// ClientReader finds clients, active or not, or returns ErrClientNotFound.
type ClientReader interface {
	ClientByID(ctx context.Context, id uuid.UUID) (Client, error)
	ClientByClientID(ctx context.Context, clientID string) (Client, error)
	// HoldClient keeps a client from being deactivated or deleted until the transaction ends; ErrClientNotFound when it is
	// not active.
	HoldClient(ctx context.Context, id uuid.UUID) error
}

// ClientLister finds many clients at once.
type ClientLister interface {
	// ClientsByID finds many clients in one statement; missing ones are absent.
	ClientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Client, error)
	// Clients lists all, ordered by client_id.
	Clients(ctx context.Context) ([]Client, error)
}

// ClientWriter changes clients.
type ClientWriter interface {
	// InsertClient returns CodeDuplicateClient when the client_id is taken.
	InsertClient(ctx context.Context, c Client) error
	// UpdateClient compares versions as UpdateUser does.
	UpdateClient(ctx context.Context, c Client) error
	// LockSealedClients lists, for a transaction that changes them, up to limit clients that sign with their secrets, whose ids come after
	// one, in the order of ids.
	LockSealedClients(ctx context.Context, after uuid.UUID, limit int) ([]Client, error)
	// ResealClient replaces the secrets of a client alone.
	ResealClient(ctx context.Context, id uuid.UUID, secrets []ClientSecret) error
	// ExtendClient replaces the time at which a client expires alone: no administrator's change is in conflict with that.
	ExtendClient(ctx context.Context, id uuid.UUID, expires time.Time) error
	// DeleteClient removes the client with its grants and consents.
	DeleteClient(ctx context.Context, id uuid.UUID) error
}

// InteractionStore keeps what people have done about interactions. What was asked is in their handles.
type InteractionStore interface {
	// InteractionByID finds what was done, or ErrInteractionNotFound when nobody has done anything.
	InteractionByID(ctx context.Context, id uuid.UUID) (Interaction, error)
	// InteractionByDigest finds one that a server of the version before has stored whole, by any of the digests, or
	// ErrInteractionNotFound. Its Client and Handle are empty.
	InteractionByDigest(ctx context.Context, digests [][]byte) (Interaction, error)
	// SaveInteraction inserts an interaction, or writes what the person has done and how it ended into the one that is
	// there. ErrInteractionNotFound when that is done: one caller finishes it.
	SaveInteraction(ctx context.Context, i Interaction) error
	// ReplaceInteractionGrant notes that one that is done was answered again by another grant; false, and nothing is
	// changed, when its grant is not from.
	ReplaceInteractionGrant(ctx context.Context, id, from, to uuid.UUID) (bool, error)
}

// GrantStore keeps grants: their codes and their refresh families.
type GrantStore interface {
	// InsertGrant adds a grant. The caller's transaction holds what it was decided on.
	InsertGrant(ctx context.Context, g Grant) error
	// InsertGrantOn adds a grant if what it was decided on still holds, decided by the database; else false. Who ends any of
	// that at the same time finds the grant or prevents it.
	InsertGrantOn(ctx context.Context, g Grant, b GrantBasis) (bool, error)
	// InsertCode finishes an interaction (SaveInteraction) with the grant that it asked for, both or neither. False, and no
	// grant, if it was already done or what the grant was decided on does not hold.
	InsertCode(ctx context.Context, i Interaction, g Grant, b GrantBasis) (bool, error)
	// GrantStatusByID reads a grant with its user and session in one statement, or returns ErrGrantNotFound. It is never
	// answered from memory, because the state of the refresh family must be current. Client is left zero: whoever asks for
	// a grant by its code or refresh token has the client.
	GrantStatusByID(ctx context.Context, id uuid.UUID, now time.Time) (GrantStatus, error)
	// GrantStatusByCode does so by any of the digests of a code, spent or not.
	GrantStatusByCode(ctx context.Context, digests [][]byte, now time.Time) (GrantStatus, error)
	// SpendCode marks the code of a live grant spent and stores the first state of its refresh family. True for exactly
	// one caller.
	SpendCode(ctx context.Context, id uuid.UUID, at time.Time, first RefreshState, sender SenderConstraint) (bool, error)
	// RotateRefresh moves a live family from generation from to from+1. True for exactly one caller.
	RotateRefresh(ctx context.Context, id uuid.UUID, from int, at, idleExpires time.Time) (bool, error)
	// ExtendRefresh moves the idle expiry of a live family that stands at exactly this generation; false otherwise. It
	// serves clients whose refresh tokens do not rotate.
	ExtendRefresh(ctx context.Context, id uuid.UUID, generation int, idleExpires time.Time) (bool, error)
	// RepeatRefresh counts one more answer for generation from of a live family that stands at from+1 since after
	// graceStart and has room in its limits. The first answer of a generation also counts as an overlap, and no rotation
	// resets these. False otherwise.
	RepeatRefresh(ctx context.Context, id uuid.UUID, from int, graceStart time.Time, limits RepeatLimits) (bool, error)
	// EndGrant ends one live grant of a client and writes the event of that, both or neither. False, and no event, when
	// there is none.
	EndGrant(ctx context.Context, id, clientID uuid.UUID, at time.Time, reason EndReason, event AuditEvent) (bool, error)
	// EndGrants ends live grants and returns which.
	EndGrants(ctx context.Context, sel GrantSelection, at time.Time, reason EndReason) ([]uuid.UUID, error)
	GrantBounds
}

// GrantBounds deletes grants beyond a number and returns which. Of very many they delete some.
type GrantBounds interface {
	// DeleteSessionGrantsBeyond deletes the grants that a client got in a session but the newest: of live ones that were
	// redeemed, and apart from them of codes and ended ones. Live offline grants are spared.
	DeleteSessionGrantsBeyond(ctx context.Context, sessionID, clientID uuid.UUID, newest int) ([]uuid.UUID, error)
	// DeleteOfflineGrantsBeyond deletes the live offline grants of a user for a client but the newest.
	DeleteOfflineGrantsBeyond(ctx context.Context, userID, clientID uuid.UUID, newest int) ([]uuid.UUID, error)
}

// AccessTokenStore reports whether access tokens still hold. The tokens themselves are not stored.
type AccessTokenStore interface {
	// GrantStatus reads grant, user, client and session of an access token, and whether its jti was revoked, in one
	// statement; ErrGrantNotFound when the grant is gone. It may be answered from memory as long as nothing of that has
	// changed but the refresh family.
	GrantStatus(ctx context.Context, grantID uuid.UUID, jti string, now time.Time) (GrantStatus, error)
	// InsertOpaqueToken stores what a handle stands for; false when its grant is gone. It is deleted with the grant.
	InsertOpaqueToken(ctx context.Context, t OpaqueToken) (bool, error)
	// OpaqueTokenByDigest finds one by any of the digests of its handle, or returns ErrInvalidToken. Whether what it stands for has ended
	// is asked beside it.
	OpaqueTokenByDigest(ctx context.Context, digests [][]byte) (OpaqueToken, error)
	// RevokeToken remembers a jti until the token would have expired, and writes the event of that, both or neither.
	RevokeToken(ctx context.Context, jti string, expires time.Time, event AuditEvent) error
	// TokenRevoked reports whether a jti was revoked.
	TokenRevoked(ctx context.Context, jti string) (bool, error)
}

// ConsentStore keeps what people have allowed clients.
type ConsentStore interface {
	// ConsentFor finds the remembered consent; one without scopes and CreatedAt when there is none.
	ConsentFor(ctx context.Context, userID, clientID uuid.UUID) (Consent, error)
	// DeleteConsent forgets a consent; false when there was none.
	DeleteConsent(ctx context.Context, userID, clientID uuid.UUID) (bool, error)
	// SaveConsent inserts or replaces.
	SaveConsent(ctx context.Context, c Consent) error
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
	// attempt and leases the job until lease. False when there is none, or when others are taking the first ones of every
	// lane at this moment. A job whose lease has lapsed is due again.
	ClaimJob(ctx context.Context, now, lease time.Time, kinds, full []string) (Job, bool, error)
	// UpdateJob writes RunAt, LeaseUntil, Progress, Result, Outcome, ErrorCode and FinishedAt of a job that was claimed, if
	// that claim (Attempts) still holds it; false, and nothing is changed, when it was given back, claimed anew or finished.
	UpdateJob(ctx context.Context, j Job) (bool, error)
	// HastenJob makes an unfinished job due that waits for another time: that of a kind whose payload names the id. False when
	// there is none.
	HastenJob(ctx context.Context, kind string, id uuid.UUID, now time.Time) (bool, error)
	// JobsMade lists up to limit jobs of a kind that were made at or after a time, and before another, by their id.
	JobsMade(ctx context.Context, kind string, from, before time.Time, limit int) ([]Job, error)
	// JobBacklogs counts the jobs that are due and not leased, by kind; kinds without any are absent.
	JobBacklogs(ctx context.Context, now time.Time) ([]JobBacklog, error)
}

// AdminUserStore is what administration of users adds to UserStore.
type AdminUserStore interface {
	// LockUsers is UsersByID for a transaction: until it ends, nobody else changes these users.
	LockUsers(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
	// UnlockUser clears failed attempts and lock, and notes the time. The version does not move.
	UnlockUser(ctx context.Context, id uuid.UUID, at time.Time) error
	// CountUserRows counts what DeleteUser would take along: sessions and grants, ended or not, and consents.
	CountUserRows(ctx context.Context, id uuid.UUID) (DeletedCounts, error)
	// PseudonymiseAudit replaces the user's names in the audit trail, as actor and as target, and empties addresses and
	// agents of the events that the user caused and of failed sign-ins, and the values in the events about the user.
	PseudonymiseAudit(ctx context.Context, id uuid.UUID, pseudonym string) error
	// PseudonymiseCreator replaces the user's name where it says who created other users and initial access tokens, and
	// removes the unfinished requests that suggest to sign in by it. Call it before PseudonymiseAudit, which it reads.
	PseudonymiseCreator(ctx context.Context, u User, pseudonym string) error
	// SetUserFlags sets the given flags of many users in one statement where they differ, raises their versions, and
	// returns which changed. Taking away the last active administrator is ErrLastAdmin, and nothing is changed.
	SetUserFlags(ctx context.Context, ids []uuid.UUID, flags UserFlags, at time.Time) ([]uuid.UUID, error)
}

// AdminSessionStore is what administration adds to SessionStore.
type AdminSessionStore interface {
	// Sessions lists one slice, ordered by the time of Order and id.
	Sessions(ctx context.Context, q SessionQuery) ([]ListRow[Session], error)
	// CountSessions counts up to limit+1 sessions that match.
	CountSessions(ctx context.Context, q SessionQuery, limit int) (int, error)
	// NewestSessions lists up to limit sessions of each of many users, newest first.
	NewestSessions(
		ctx context.Context, userIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
	) (map[uuid.UUID][]ListRow[Session], error)
	// SessionsByID finds many sessions in one statement, in any order; missing ones are absent.
	SessionsByID(ctx context.Context, ids []uuid.UUID) ([]Session, error)
	// EndedSessions lists the sessions of users that ended at one of the times, oldest first, in one statement.
	EndedSessions(ctx context.Context, userIDs []uuid.UUID, times []time.Time) ([]Session, error)
	// OwnersOfSessions lists the users of sessions, ended or not, each once.
	OwnersOfSessions(ctx context.Context, sessionIDs []uuid.UUID) ([]uuid.UUID, error)
	// GrantsOfSessions lists the grants of many sessions, oldest first, in one statement: of each client in a session the
	// newest ten, live ones before those that have ended.
	GrantsOfSessions(ctx context.Context, sessionIDs []uuid.UUID) (map[uuid.UUID][]Grant, error)
}

// AdminGrantStore is what administration adds to GrantStore.
type AdminGrantStore interface {
	GrantLister
	ConsentLister
	// NewestGrants lists up to limit live grants of each of many users, newest first.
	NewestGrants(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]Grant, error)
	// ConsentsOf lists the consents of many users, the latest first, in one statement.
	ConsentsOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]Consent, error)
}

// AdminAuditStore is what administration adds to AuditStore.
type AdminAuditStore interface {
	// AuditEvents lists one slice, ordered by time and id.
	AuditEvents(ctx context.Context, q AuditQuery) ([]ListRow[AuditEvent], error)
	// CountAuditEvents counts up to limit+1 events that match.
	CountAuditEvents(ctx context.Context, q AuditQuery, limit int) (int, error)
	// AuditEventsByID finds many events in one statement, in any order; missing ones are absent.
	AuditEventsByID(ctx context.Context, ids []uuid.UUID) ([]AuditEvent, error)
	// NewestAuditOf lists up to limit events by or about each of many users, newest first.
	NewestAuditOf(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]ListRow[AuditEvent], error)
}

// StatisticsStore counts for the dashboard.
type StatisticsStore interface {
	// UserNumbers counts users for the dashboard in one statement.
	UserNumbers(ctx context.Context, now time.Time) (UserNumbers, error)
	// CountActiveSessions counts all active sessions.
	CountActiveSessions(ctx context.Context, now time.Time) (int, error)
	// AuditDays counts events of the actions by day (UTC) since from, in one statement.
	AuditDays(ctx context.Context, from time.Time, actions []Action) ([]ActionDay, error)
}

// IdempotencyStore remembers what was done under a key.
type IdempotencyStore interface {
	// ClaimIdempotency returns nil when the key is the caller's: nobody has it, or it has expired at r.CreatedAt.
	// Otherwise it returns what is stored. It must run in a transaction; another one with the same key waits until that has
	// ended.
	ClaimIdempotency(ctx context.Context, r IdempotencyRecord) (*IdempotencyRecord, error)
	// SaveIdempotency stores the payload of a key that was claimed in the same transaction.
	SaveIdempotency(ctx context.Context, r IdempotencyRecord) error
}

// IdempotencyRecord is one transaction of a call that was done.
type IdempotencyRecord struct {
	Actor     string
	Client    string
	Field     string // with the number of the transaction, if it is not the first
	Key       string
	ArgsMAC   []byte
	Payload   []byte // JSON of what it did, without secrets
	CreatedAt time.Time
	ExpiresAt time.Time
}
