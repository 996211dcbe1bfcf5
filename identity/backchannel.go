package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// BackchannelRequest is what a client asks a user to allow without sending them here: the user decides on the pages of the account
// (OpenID Connect Client-Initiated Backchannel Authentication Core 1.0, CIBA).
type BackchannelRequest struct {
	ID             uuid.UUID // also that of the interaction in which the user decides
	Digest         []byte    // keyed digest of the auth_req_id
	ClientID       uuid.UUID
	UserID         uuid.UUID
	Params         AuthorizationParams // scopes, resources, details and classes; the subject is the user
	BindingMessage string
	Sealed         []byte // what the client is notified with, for the delivery mode ping; else nil
	IP             string // of the client
	CreatedAt      time.Time
	ExpiresAt      time.Time

	// How its interaction has ended.
	DoneAt  *time.Time
	Denied  bool
	GrantID *uuid.UUID
}

// BackchannelQuestion is what an interaction has of a BackchannelRequest.
type BackchannelQuestion struct {
	Digest         []byte    `json:"digest"` // of the auth_req_id
	BindingMessage string    `json:"message,omitempty"`
	Notify         bool      `json:"notify,omitempty"` // the client hears of the end
	IP             string    `json:"ip"`
	At             time.Time `json:"at"`
}

// BackchannelAsk is a validated authentication request (CIBA Core §7.1).
type BackchannelAsk struct {
	Params            AuthorizationParams // with a LoginHint, or with the HintSubject of an ID token
	BindingMessage    string
	NotificationToken string        // of a client that is notified
	Lifetime          time.Duration // that is asked for; 0 = the usual
}

// BackchannelAnswer is what the client is told (CIBA Core §7.3).
type BackchannelAnswer struct {
	ID        string // auth_req_id
	ExpiresIn time.Duration
	Interval  time.Duration
}

// DeliveryMode is how a client hears that the user has decided (CIBA Core §5). Push is not offered: tokens would go to an address
// instead of to who has authenticated.
type DeliveryMode string

// The modes.
const (
	DeliveryPoll DeliveryMode = "poll"
	DeliveryPing DeliveryMode = "ping"
)

// DeliveryModes lists the modes that a client may register.
func DeliveryModes() []DeliveryMode { return []DeliveryMode{DeliveryPoll, DeliveryPing} }

// MaxBackchannelWaiting is how many requests wait for one user.
const MaxBackchannelWaiting = 10

const (
	backchannelTTL       = 10 * time.Minute
	maxBackchannelTTL    = time.Hour
	maxNotificationToken = 1024 // CIBA Core §7.1
	maxBindingMessage    = 64
)

// bindingMessage are the characters that a person can read and compare on any screen (CIBA Core §7.1): no marks, no letters that look
// like others, nothing of which a link could be made.
var bindingMessage = regexp.MustCompile(`^[A-Za-z0-9 .,:;+#()_-]*$`)

// notificationToken is the syntax of bearer tokens (RFC 6750 §2.1).
var notificationToken = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// ValidBindingMessage reports whether a binding_message can be shown beside a question.
func ValidBindingMessage(text string) bool {
	return len(text) <= maxBindingMessage && bindingMessage.MatchString(text)
}

// ValidNotificationToken reports whether a text may be a client_notification_token.
func ValidNotificationToken(text string) bool {
	return len(text) <= maxNotificationToken && notificationToken.MatchString(text)
}

// The refusals of the grant.
var (
	ErrUnknownUserID      = Errorf(NotFound, CodeUnknownUserID, "The hint names nobody who can be asked.").Breaks(RuleBackchannelUser)
	errBackchannelPending = Errorf(Invalid, CodeAuthorizationPending, "The user has not decided yet.").Breaks(RuleBackchannelPending)
	errBackchannelSlow    = Errorf(Invalid, CodeSlowDown,
		"The client asks too often: there must be %d seconds between two requests, and 5 more after each such answer.",
		pollInterval/time.Second).Breaks(RuleBackchannelInterval)
	errBackchannelExpired = Errorf(Invalid, CodeExpiredToken, "The auth_req_id has expired.").Breaks(RuleBackchannelInTime)
	errBackchannelFull    = Errorf(Forbidden, CodeForbidden,
		"Too many requests wait for this user already.").Breaks(RuleBackchannelFull)
)

// BackchannelStore keeps what clients ask users by CIBA. Lookups of one say how its interaction has ended, and are
// ErrInteractionNotFound where there is none, whether or not it has expired.
type BackchannelStore interface {
	InsertBackchannelRequest(ctx context.Context, r BackchannelRequest) error
	BackchannelRequestByID(ctx context.Context, id uuid.UUID) (BackchannelRequest, error)
	// BackchannelRequestByDigest finds one by any of the digests of its auth_req_id.
	BackchannelRequestByDigest(ctx context.Context, digests [][]byte) (BackchannelRequest, error)
	// WaitingBackchannelRequests lists those of a user that are not decided and have not expired, the oldest first.
	WaitingBackchannelRequests(ctx context.Context, userID uuid.UUID, now time.Time) ([]BackchannelRequest, error)
}

// BackchannelAuthentications lets clients ask users, users decide, and clients fetch what was decided (CIBA Core).
type BackchannelAuthentications struct {
	store        backchannelPorts
	source       Source
	keys         *Keyring
	guard        *guard
	signIn       *SignIn
	interactions *Interactions
	polling      polling
	notifier     BackchannelNotifier
}

type backchannelPorts interface {
	Transactor
	BackchannelStore
	ClientReader
	ClientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Client, error)
	UserByID(ctx context.Context, id uuid.UUID) (User, error)
}

// Begin stores what a client asks of a user. ErrUnknownUserID when the hint is nobody's, of which a client gets only so many;
// RateLimited when one client asks one user too often, or all clients together do; Forbidden while MaxBackchannelWaiting wait.
// The user is told by mail, and nothing else reaches them.
func (s *BackchannelAuthentications) Begin(ctx context.Context, client Client, ask BackchannelAsk) (BackchannelAnswer, error) {
	user, err := s.hinted(ctx, client, ask.Params)
	if err != nil {
		return BackchannelAnswer{}, err
	}
	limits, key := []Limit{LimitBackchannel, LimitBackchannelUser}, user.ID.String()
	taken := s.guard.throttle.Take(ctx, s.guard.bucket(limits[0], key, client.ID.String()), s.guard.bucket(limits[1], key))
	if taken.Refused() {
		return BackchannelAnswer{}, s.guard.refuse(ctx, limits[taken.Empty], userSubject(key, user), taken.Wait)
	}
	now := s.source.Now()
	answer := BackchannelAnswer{ID: s.source.NewSecret(), ExpiresIn: backchannelTTL, Interval: pollInterval}
	if ask.Lifetime > 0 {
		answer.ExpiresIn = min(ask.Lifetime, maxBackchannelTTL)
	}
	r := BackchannelRequest{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeBackchannel, answer.ID), ClientID: client.ID, UserID: user.ID, Params: ask.Params,
		BindingMessage: ask.BindingMessage, IP: ActorFrom(ctx).IP, CreatedAt: now, ExpiresAt: now.Add(answer.ExpiresIn),
	}
	r.Params.LoginHint, r.Params.HintSubject = "", user.ID.String()
	if client.Metadata.DeliveryMode == DeliveryPing {
		if r.Sealed, err = s.seal(r.ID, notification{answer.ID, ask.NotificationToken}); err != nil {
			return BackchannelAnswer{}, err
		}
	}
	if err := s.interactions.CheckSize(r.interaction()); err != nil { // else nobody could decide about it
		return BackchannelAnswer{}, err
	}
	err = s.store.InTx(asClient(ctx, client), func(ctx context.Context, tx Store) error {
		if users, err := tx.LockUsers(ctx, []uuid.UUID{user.ID}); err != nil {
			return err
		} else if !users[user.ID].Active {
			return ErrUnknownUserID
		}
		pending, err := tx.WaitingBackchannelRequests(ctx, user.ID, now)
		if err != nil {
			return err
		}
		if len(pending) >= MaxBackchannelWaiting {
			return errBackchannelFull
		}
		if err := tx.InsertBackchannelRequest(ctx, r); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionBackchannelAsked, TargetUser, user.ID.String(), user.Username))
	})
	if err != nil {
		return BackchannelAnswer{}, fmt.Errorf("begin backchannel authentication: %w", err)
	}
	return answer, nil
}

// asClient makes a client the actor of what follows.
func asClient(ctx context.Context, client Client) context.Context {
	actor := ActorFrom(ctx)
	actor.Kind, actor.ClientID, actor.Name = ActorClient, client.ID, client.ClientID
	return WithActor(ctx, actor)
}

// hinted returns whom a request is about. Names are those that people sign in with; an address counts for nothing until its reader has
// shown that it is theirs. Hints that name nobody are counted: CIBA Core §13 has a client told that somebody is unknown, and it must
// not find out about everybody.
func (s *BackchannelAuthentications) hinted(ctx context.Context, client Client, p AuthorizationParams) (User, error) {
	bucket := s.guard.bucket(LimitBackchannelUnknown, client.ID.String())
	if taken := s.guard.throttle.Take(ctx, bucket); taken.Refused() {
		about := subject{key: client.ID.String(), target: TargetClient, id: client.ID.String(), name: client.ClientID}
		return User{}, s.guard.refuse(ctx, LimitBackchannelUnknown, about, taken.Wait)
	}
	var user User
	var err error = ErrUserNotFound
	if p.HintSubject == "" {
		user, err = s.signIn.find(ctx, p.LoginHint)
		if err == nil && ValidEmail(p.LoginHint) && !user.Verified {
			err = ErrUserNotFound
		}
	} else if id, fault := uuid.Parse(p.HintSubject); fault == nil {
		user, err = s.store.UserByID(ctx, id)
	}
	if errors.Is(err, ErrUserNotFound) || err == nil && !user.Active {
		return User{}, ErrUnknownUserID
	}
	if err != nil {
		return User{}, fmt.Errorf("find user of hint: %w", err)
	}
	s.guard.throttle.Give(ctx, bucket)
	return user, nil
}

// WaitingRequest is what waits for a user.
type WaitingRequest struct {
	BackchannelRequest
	Client Client
}

// Waiting lists what waits for a user, the oldest first.
func (s *BackchannelAuthentications) Waiting(ctx context.Context, user User) ([]WaitingRequest, error) {
	now := s.source.Now()
	requests, err := s.store.WaitingBackchannelRequests(ctx, user.ID, now)
	if err != nil || len(requests) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(requests))
	for i, r := range requests {
		ids[i] = r.ClientID
	}
	clients, err := s.store.ClientsByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("list backchannel requests: %w", err)
	}
	list := make([]WaitingRequest, 0, len(requests))
	for _, r := range requests {
		if client, there := clients[r.ClientID]; there && client.ActiveAt(now) {
			list = append(list, WaitingRequest{r, client})
		}
	}
	return list, nil
}

// Interaction begins the interaction in which a user decides about a request, with what was done in it so far, after a fresh first
// factor. It is ErrInteractionNotFound for everybody else, and when there is nothing to decide any more.
func (s *BackchannelAuthentications) Interaction(ctx context.Context, b BrowserSession, id uuid.UUID) (Interaction, error) {
	r, err := s.store.BackchannelRequestByID(ctx, id)
	if err != nil {
		return Interaction{}, err
	}
	if r.UserID != b.User.ID || r.DoneAt != nil || !r.ExpiresAt.After(s.source.Now()) {
		return Interaction{}, ErrInteractionNotFound
	}
	return s.interactions.elsewhere(ctx, r.interaction(), GrantCIBA)
}

// interaction returns that of the request, in which nothing was done yet.
func (r BackchannelRequest) interaction() Interaction {
	i := Interaction{
		ID: r.ID, Kind: InteractionBackchannel, ClientID: r.ClientID, Params: r.Params, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
		Backchannel: &BackchannelQuestion{
			Digest: r.Digest, BindingMessage: r.BindingMessage, Notify: r.Sealed != nil, IP: r.IP, At: r.CreatedAt,
		},
	}
	i.Params.MaxAge = new(freshAge)
	return i
}

// Redeem spends an auth_req_id (CIBA Core §10.1): as DeviceAuthorizations.Redeem does a device code.
func (s *BackchannelAuthentications) Redeem(ctx context.Context, client Client, id string, sender SenderConstraint) (Issuance, error) {
	digests := s.keys.Digests(PurposeBackchannel, id)
	r, err := s.store.BackchannelRequestByDigest(ctx, digests)
	if errors.Is(err, ErrInteractionNotFound) || err == nil && r.ClientID != client.ID {
		return Issuance{}, invalidGrant(RuleBackchannelID, "The auth_req_id is unknown or was issued to another client.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find auth_req_id: %w", err)
	}
	return s.polling.redeem(ctx, client, decision{r.ID, digests, r.ExpiresAt, r.Denied, r.GrantID}, sender)
}

// checkBackchannel checks how the client asks by CIBA (CIBA Core §4).
func (m ClientMetadata) checkBackchannel(faults *Faults) {
	used := slices.Contains(m.GrantTypes, GrantCIBA)
	switch {
	case m.DeliveryMode == "" && used, m.DeliveryMode != "" && !slices.Contains(DeliveryModes(), m.DeliveryMode):
		faults.Add(InvalidField("backchannel_token_delivery_mode", "Must be poll or ping for the grant type %s.", GrantCIBA))
	case m.DeliveryMode != "" && !used:
		faults.Add(InvalidField("backchannel_token_delivery_mode", "Must be absent without the grant type %s.", GrantCIBA))
	}
	uri := m.NotificationURI
	switch {
	case uri == "" && m.DeliveryMode == DeliveryPing:
		faults.Add(InvalidField("backchannel_client_notification_endpoint", "Must be given for the delivery mode ping."))
	case uri != "" && m.DeliveryMode != DeliveryPing:
		faults.Add(InvalidField("backchannel_client_notification_endpoint", "Must be absent but for the delivery mode ping."))
	case uri != "" && !secureURL(uri):
		faults.Add(InvalidField("backchannel_client_notification_endpoint",
			"Must be an https URL without a fragment, of at most %d characters; http to this machine only.", maxURL))
	}
	alg := m.BackchannelRequestAlg
	switch {
	case alg != "" && !slices.Contains(RequestObjectAlgorithms(), alg):
		faults.Add(InvalidField("backchannel_authentication_request_signing_alg", "Must be %s.", OneOfAlgorithms(RequestObjectAlgorithms())))
	case alg != "" && !used:
		faults.Add(InvalidField("backchannel_authentication_request_signing_alg", "Must be absent without the grant type %s.", GrantCIBA))
	}
}

// notification is what a client is notified with.
type notification struct {
	AuthReqID string `json:"auth_req_id"`
	Token     string `json:"token"`
}

func (s *BackchannelAuthentications) seal(id uuid.UUID, n notification) ([]byte, error) {
	text, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("seal notification: %w", err)
	}
	return s.keys.Seal(PurposeBackchannel, text, id.String()), nil
}
