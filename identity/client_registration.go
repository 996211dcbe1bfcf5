package identity

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
)

// ClientOrigin says how a client was registered.
type ClientOrigin string

// The origins. Of a client that was not registered by the operator nobody has checked who it is.
const (
	OriginOperator  ClientOrigin = ""          // an administrator, a declaration or Authly itself
	OriginToken     ClientOrigin = "token"     // itself, with an initial access token (RFC 7591 §1.2)
	OriginOpen      ClientOrigin = "open"      // itself, with nothing
	OriginStatement ClientOrigin = "statement" // itself, with a software statement of a trusted issuer (RFC 7591 §2.3)
	OriginDocument  ClientOrigin = "document"  // nobody: its client_id is the address of a document that describes it
	OriginEntity    ClientOrigin = "entity"    // itself, as the entity of a federation that its client_id identifies
)

// SelfRegistered reports whether what the client says of itself is its own word.
func (c Client) SelfRegistered() bool { return c.Origin != OriginOperator }

// OfStranger reports whether the client can be anybody's at all.
func (c Client) OfStranger() bool { return c.Origin == OriginOpen || c.DescribedElsewhere() }

// DescribedElsewhere reports whether the client is what somebody publishes of it, at the address that is its client_id, and may change
// at any time.
func (c Client) DescribedElsewhere() bool {
	return c.Origin == OriginDocument || c.Origin == OriginEntity
}

// Trusted reports whether the operator has given the client what no client can give itself. Such a one no longer changes its own
// registration: whoever has its registration access token would get hold of that.
func (c Client) Trusted() bool {
	return c.Policy.SkipConsent || c.Administers() || len(c.Policy.Audiences) > 0 || len(c.Policy.ExchangeResources) > 0 ||
		c.Policy.AssertionIssuer != "" || len(c.Policy.AssertionIssuers) > 0
}

// RegisteredClient is what a client is told of its registration (RFC 7591 §3.2.1, RFC 7592 §3).
type RegisteredClient struct {
	Client      Client
	Secret      string // that was made by this call; it is not stored and cannot be shown again
	AccessToken string // registration access token
	Statement   string // software statement of the request, if there was one
}

// ClientRegistrations lets clients register themselves (RFC 7591) and change their registrations (RFC 7592).
type ClientRegistrations struct {
	store    clientRegistrationPorts
	source   Source
	keys     *Keyring
	guard    *guard
	settings *LiveSettings
	verifier AssertionVerifier
	signing  *SigningKeys
	sectors  Sectors
}

type clientRegistrationPorts interface {
	Transactor
	ClientReader
	InitialAccessTokenStore
	SelfRegisteredStore
	TrustedIssuerReader
}

// SelfRegisteredStore finds and removes what clients that have registered themselves have left.
type SelfRegisteredStore interface {
	// UnusedClients lists clients of strangers that are unused since before, up to limit with a client_id beyond after, by
	// client_id: they were neither changed nor used since, and no grant of theirs is live.
	UnusedClients(ctx context.Context, before time.Time, after string, limit int) ([]Client, error)
	// DeleteUnusedClient removes one of them, unless it is used by now; false when it was not removed.
	DeleteUnusedClient(ctx context.Context, id uuid.UUID, before time.Time) (bool, error)
}

// errRegistrationOfTrusted refuses to let a client change what more than its own word depends on.
var errRegistrationOfTrusted = Errorf(Forbidden, CodeForbidden,
	"An administrator has given the client rights. It is changed and deleted by administrators alone.")

// Register registers the client of a request with an initial access token, or with "" where registration is open or the request has a
// software statement. ErrInvalidToken for a token that does not hold, or where one is needed; ErrSoftwareStatement and
// ErrUnapprovedStatement for a statement that does not; RateLimited when strangers register too many.
func (s *ClientRegistrations) Register(ctx context.Context, r ClientRegistration, token string) (RegisteredClient, error) {
	policy, origin := s.settings.Get().ClientRegistration, OriginToken
	var initial InitialAccessToken
	switch {
	case token != "":
		var err error
		if initial, err = s.initialAccessToken(ctx, token); err != nil {
			return RegisteredClient{}, err
		}
	case policy.Mode != ClientRegistrationOpen && r.Statement == "":
		return RegisteredClient{}, ErrInvalidToken
	default:
		origin = OriginOpen
		if err := s.guard.admitClient(ctx); err != nil {
			return RegisteredClient{}, err
		}
	}
	if r.Statement != "" {
		if err := s.vouched(ctx, &r); err != nil {
			return RegisteredClient{}, err
		}
		if origin == OriginOpen {
			origin = OriginStatement
		}
	}
	registered := s.fresh(r.Metadata, origin)
	registered.Statement = r.Statement
	if err := s.settings.Get().checkSelfRegistered(Client{}, registered.Client); err != nil {
		return RegisteredClient{}, err
	}
	if err := s.sectors.Check(ctx, ClientMetadata{}, registered.Client.Metadata); err != nil {
		return RegisteredClient{}, err
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		event := NewEvent(ctx, s.source, ActionClientCreated, TargetClient, registered.Client.ID.String(), registered.Client.ClientID)
		event.Changes = map[string]Change{
			"metadata": {After: registered.Client.Metadata.Audited()}, "origin": {After: origin},
		}
		if origin == OriginToken {
			spent, err := tx.SpendInitialAccessToken(ctx, initial.ID, s.source.Now())
			if err == nil && !spent {
				err = ErrInvalidToken
			}
			if err != nil {
				return err
			}
			event.Changes["initial_access_token"] = Change{After: initial.Name}
		}
		if err := tx.InsertClient(ctx, registered.Client); err != nil {
			return err
		}
		if err := s.signing.EnsureIn(ctx, tx, registered.Client.KeysFor()...); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return RegisteredClient{}, fmt.Errorf("register client: %w", err)
	}
	return registered, nil
}

// initialAccessToken returns the token that a secret is, or ErrInvalidToken.
func (s *ClientRegistrations) initialAccessToken(ctx context.Context, secret string) (InitialAccessToken, error) {
	t, err := s.store.InitialAccessTokenByDigest(ctx, s.keys.Digests(PurposeInitialAccessToken, secret))
	if errors.Is(err, ErrInitialAccessTokenNotFound) || err == nil && !t.Good(s.source.Now()) {
		return InitialAccessToken{}, ErrInvalidToken
	}
	return t, err
}

// admitClient bounds how many clients strangers bring: from one network, and all together.
func (g *guard) admitClient(ctx context.Context) error {
	network := ActorFrom(ctx).Network().Narrow
	limits := []Limit{LimitClientRegistration, LimitClientRegistrations}
	taken := g.throttle.Take(ctx, g.bucket(limits[0], network), g.bucket(limits[1]))
	if !taken.Refused() {
		return nil
	}
	return g.refuse(ctx, limits[taken.Empty], subject{key: network, target: TargetClient}, taken.Wait)
}

// fresh returns a client as it is registered now.
func (s *ClientRegistrations) fresh(m ClientMetadata, origin ClientOrigin) RegisteredClient {
	now, registration := s.source.Now(), s.settings.Get().ClientRegistration
	metadata, policy := registration.withDefaults(m), DefaultPolicy()
	policy.RequirePKCE = !registration.OptionalPKCE || origin != OriginToken
	r := RegisteredClient{AccessToken: s.source.NewSecret(), Client: Client{
		ID: s.source.NewID(), ClientID: s.source.NewClientID(), Active: true, Origin: origin, CreatedAt: now, UpdatedAt: now, Version: 1,
		Metadata: metadata, Policy: policy.WithDefaults(metadata),
	}}
	r.Client.RegistrationDigest = s.keys.Digest(PurposeRegistrationToken, r.AccessToken)
	s.giveSecret(&r)
	return r
}

// giveSecret makes the secret of a client that authenticates with one and has none, and takes those of one that does not.
func (s *ClientRegistrations) giveSecret(r *RegisteredClient) {
	r.Client.Secrets = r.Client.FittingSecrets()
	if r.Client.UsesSecret() && len(r.Client.Secrets) == 0 {
		r.Secret = r.Client.MakeSecret(s.source)
		r.Client.Secrets = []ClientSecret{r.Client.NewSecret(s.keys, s.source, r.Secret)}
	}
}

// Read returns the registration of the client whose registration access token is presented; ErrInvalidToken for every other, for one
// that is gone, and for one that is switched off. A secret is in it no more.
func (s *ClientRegistrations) Read(ctx context.Context, clientID, token string) (RegisteredClient, error) {
	client, err := s.store.ClientByClientID(ctx, clientID)
	if err = s.holds(client, token, err); err != nil {
		return RegisteredClient{}, err
	}
	return RegisteredClient{Client: client, AccessToken: token}, nil
}

// holds reports whether a registration access token is that of a client, which was found or not.
func (s *ClientRegistrations) holds(c Client, token string, err error) error {
	if err != nil && !errors.Is(err, ErrClientNotFound) {
		return fmt.Errorf("find registered client: %w", err)
	}
	digest := c.RegistrationDigest
	if len(digest) == 0 {
		digest = make([]byte, 32) // which no token has
	}
	if good := s.keys.Verify(PurposeRegistrationToken, []byte(token), digest); err != nil || !good || !c.ActiveAt(s.source.Now()) {
		return ErrInvalidToken
	}
	return nil
}

// change runs do with the client that a registration access token is for, which nobody else changes meanwhile.
func (s *ClientRegistrations) change(
	ctx context.Context, clientID, token string, do func(ctx context.Context, tx Store, before Client) error,
) error {
	found, err := s.Read(ctx, clientID, token)
	if err != nil {
		return err
	}
	return s.store.InTx(asClient(ctx, found.Client), func(ctx context.Context, tx Store) error {
		before, err := tx.LockClient(ctx, found.Client.ID)
		if err = s.holds(before, token, err); err != nil {
			return err
		}
		if before.Trusted() {
			return errRegistrationOfTrusted
		}
		return do(ctx, tx, before)
	})
}

// Update puts the metadata of a request in the place of what the client has registered (RFC 7592 §2.2): what is not in it has its
// default again. The policy stays. A secret is made, and shown this once, if the client had none and needs one now.
// The caller has seen by Read that the token holds before it hands over what a stranger may have written.
func (s *ClientRegistrations) Update(ctx context.Context, clientID, token string, r ClientRegistration) (RegisteredClient, error) {
	updated := RegisteredClient{AccessToken: token, Statement: r.Statement}
	if r.Statement != "" { // before the transaction: the keys of its issuer may have to be fetched
		if err := s.vouched(ctx, &r); err != nil {
			return RegisteredClient{}, err
		}
	}
	s.sectors.Read(ctx, r.Metadata) // before the transaction, too
	err := s.change(ctx, clientID, token, func(ctx context.Context, tx Store, before Client) error {
		if err := r.checkUpdate(before, s.keys, s.source.Now()); err != nil {
			return err
		}
		after := before
		after.Metadata = s.settings.Get().ClientRegistration.withDefaults(r.Metadata)
		after.Policy = after.Policy.WithDefaults(after.Metadata)
		if err := s.settings.Get().checkSelfRegistered(before, after); err != nil {
			return err
		}
		if err := s.sectors.Check(ctx, before.Metadata, after.Metadata); err != nil {
			return err
		}
		updated.Client = after
		s.giveSecret(&updated)
		after = updated.Client
		changes := map[string]Change{}
		if !reflect.DeepEqual(before.Metadata, after.Metadata) {
			changes["metadata"] = Change{Before: before.Metadata.Audited(), After: after.Metadata.Audited()}
		}
		if !reflect.DeepEqual(before.Policy, after.Policy) {
			changes["policy"] = Change{Before: before.Policy, After: after.Policy}
		}
		if had, has := before.SecretIDs(), after.SecretIDs(); !slices.Equal(had, has) {
			changes["client_secret"] = Change{Before: had, After: has}
		}
		if len(changes) == 0 {
			return nil
		}
		after.UpdatedAt = s.source.Now()
		if err := tx.UpdateClient(ctx, after); err != nil {
			return err
		}
		if err := s.signing.EnsureIn(ctx, tx, after.KeysFor()...); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionClientUpdated, TargetClient, after.ID.String(), after.ClientID)
		event.Changes = changes
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return RegisteredClient{}, fmt.Errorf("update registration: %w", err)
	}
	return updated, nil
}

// Delete removes the client with its grants and consents, as an administrator would (RFC 7592 §2.3).
func (s *ClientRegistrations) Delete(ctx context.Context, clientID, token string) error {
	err := s.change(ctx, clientID, token, func(ctx context.Context, tx Store, before Client) error {
		if err := tx.DeleteClient(ctx, before.ID); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionClientDeleted, TargetClient, before.ID.String(), before.ClientID))
	})
	if err != nil {
		return fmt.Errorf("delete registration: %w", err)
	}
	return nil
}

// kindRemoveUnused is the recurring job that removes clients that strangers have registered and nobody uses.
const (
	kindRemoveUnused  = "clients.remove_unused"
	removeUnusedEvery = time.Hour
	unusedPortion     = 100
)

func (s *ClientRegistrations) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindRemoveUnused, Policy: JobPolicy{Every: removeUnusedEvery},
		Run: func(ctx context.Context, run *JobRun) (any, error) { return s.removeUnused(ctx, run.Report) },
	}}
}

// removeUnused removes all clients of strangers that are unused for as long as the settings say.
func (s *ClientRegistrations) removeUnused(ctx context.Context, report reporter) (swept, error) {
	unused := s.settings.Get().ClientRegistration.Unused
	if unused <= 0 {
		return swept{}, nil
	}
	before, last, removed := s.source.Now().Add(-unused), "", swept{}
	_, err := inPortions(ctx, unusedPortion, report, func() (int, error) {
		list, err := s.store.UnusedClients(ctx, before, last, unusedPortion)
		if err != nil {
			return 0, fmt.Errorf("find unused clients: %w", err)
		}
		for _, client := range list {
			last = client.ClientID
			if client.Trusted() {
				continue
			}
			gone, err := s.removeOne(ctx, client, before)
			if err != nil {
				return 0, fmt.Errorf("remove unused client: %w", err)
			}
			if gone {
				removed.Rows++
			}
		}
		return len(list), nil
	})
	return removed, err
}

func (s *ClientRegistrations) removeOne(ctx context.Context, c Client, before time.Time) (gone bool, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if gone, err = tx.DeleteUnusedClient(ctx, c.ID, before); err != nil || !gone {
			return err
		}
		event := NewEvent(ctx, s.source, ActionClientDeleted, TargetClient, c.ID.String(), c.ClientID)
		event.Changes = map[string]Change{"unused_since": {After: slices.MaxFunc([]time.Time{c.CreatedAt, c.UpdatedAt}, time.Time.Compare)}}
		return tx.InsertAudit(ctx, event)
	})
	return gone, err
}
