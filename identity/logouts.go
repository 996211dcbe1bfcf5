package identity

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Logouts tells clients by back channel that sessions have ended (OIDC Back-Channel Logout 1.0). What is owed is
// written in the transaction that ends the session, and delivered afterwards with retries, also across restarts and
// from any node.
type Logouts struct{ d Deps }

// LogoutSender posts a logout token to a client.
type LogoutSender interface {
	// SendLogoutToken posts to the client's back-channel logout URI; an error asks for another try.
	SendLogoutToken(ctx context.Context, uri, token string) error
}

// LogoutDelivery is one logout token that a client is owed.
type LogoutDelivery struct {
	ID            uuid.UUID
	ClientID      uuid.UUID
	SessionID     uuid.UUID
	UserID        uuid.UUID
	URI           string
	Attempts      int
	NextAttemptAt time.Time
	CreatedAt     time.Time
}

// SessionClient is a client that was signed in to in a session.
type SessionClient struct {
	SessionID uuid.UUID
	UserID    uuid.UUID
	ClientID  uuid.UUID
}

// LogoutStore keeps the outbox of logout tokens.
type LogoutStore interface {
	// SessionClients lists the clients with live grants of the sessions, each pair once.
	SessionClients(ctx context.Context, sessionIDs []uuid.UUID) ([]SessionClient, error)
	InsertLogoutDeliveries(ctx context.Context, deliveries ...LogoutDelivery) error
	// ClaimLogoutDeliveries takes up to limit deliveries that are due, counts an attempt and puts them off until lease, so
	// that no other node takes them meanwhile.
	ClaimLogoutDeliveries(ctx context.Context, now, lease time.Time, limit int) ([]LogoutDelivery, error)
	// RescheduleLogoutDelivery sets the time of the next attempt.
	RescheduleLogoutDelivery(ctx context.Context, id uuid.UUID, next time.Time) error
	// FinishLogoutDelivery closes a delivery as delivered or as given up.
	FinishLogoutDelivery(ctx context.Context, id uuid.UUID, at time.Time, delivered bool) error
}

// The pace of deliveries: a receiver gets retryFirst after a failure, then three times as long each time, for a day at
// most.
const (
	deliveryBatch = 20
	deliveryLease = time.Minute
	retryFirst    = 5 * time.Second
	retryMost     = time.Hour
	retryFor      = 24 * time.Hour
)

// enqueueLogouts notes which clients must hear that sessions have ended. It must be called before the grants of the
// sessions end.
func enqueueLogouts(ctx context.Context, tx Store, source Source, sessionIDs []uuid.UUID) error {
	if len(sessionIDs) == 0 {
		return nil
	}
	pairs, err := tx.SessionClients(ctx, sessionIDs)
	if err != nil || len(pairs) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(pairs))
	for i, pair := range pairs {
		ids[i] = pair.ClientID
	}
	clients, err := tx.ClientsByID(ctx, ids)
	if err != nil {
		return err
	}
	now := source.Now()
	var owed []LogoutDelivery
	for _, pair := range pairs {
		uri := clients[pair.ClientID].Metadata.BackchannelLogoutURI
		if uri == "" {
			continue
		}
		owed = append(owed, LogoutDelivery{
			ID: source.NewID(), ClientID: pair.ClientID, SessionID: pair.SessionID, UserID: pair.UserID, URI: uri,
			NextAttemptAt: now, CreatedAt: now,
		})
	}
	return tx.InsertLogoutDeliveries(ctx, owed...)
}

// Deliver sends what is due and returns how many deliveries it tried.
func (s *Logouts) Deliver(ctx context.Context) (int, error) {
	now := s.d.Source.Now()
	due, err := s.d.Store.ClaimLogoutDeliveries(ctx, now, now.Add(deliveryLease), deliveryBatch)
	if err != nil {
		return 0, fmt.Errorf("claim logout deliveries: %w", err)
	}
	var all sync.WaitGroup
	faults := make([]error, len(due))
	for i, delivery := range due {
		all.Go(func() { faults[i] = s.deliver(ctx, delivery) })
	}
	all.Wait()
	return len(due), errors.Join(faults...)
}

func (s *Logouts) deliver(ctx context.Context, d LogoutDelivery) error {
	client, err := s.d.Store.ClientByID(ctx, d.ClientID)
	if err != nil {
		return fmt.Errorf("find client of logout delivery: %w", err)
	}
	token, err := s.token(ctx, client, d)
	if err != nil {
		return err
	}
	sendErr := s.d.Sender.SendLogoutToken(ctx, d.URI, token)
	now := s.d.Source.Now()
	switch {
	case sendErr == nil:
		return s.d.Store.FinishLogoutDelivery(ctx, d.ID, now, true)
	case now.Sub(d.CreatedAt) < retryFor:
		return s.d.Store.RescheduleLogoutDelivery(ctx, d.ID, now.Add(backOff(d.Attempts)))
	}
	return s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.FinishLogoutDelivery(ctx, d.ID, now, false); err != nil {
			return err
		}
		event := NewEvent(ctx, s.d.Source, ActionLogoutUndeliverable, TargetSession, d.SessionID.String(), client.ClientID)
		return tx.InsertAudit(ctx, event.Failed("unreachable"))
	})
}

// backOff is the time until the next attempt after so many.
func backOff(attempts int) time.Duration {
	wait := retryFirst
	for range attempts - 1 {
		if wait *= 3; wait >= retryMost {
			return retryMost
		}
	}
	return wait
}

// logoutClaims is the payload of a logout token (OIDC Back-Channel Logout §2.4). It never has a nonce.
type logoutClaims struct {
	Issuer    string              `json:"iss"`
	Subject   string              `json:"sub"`
	Audience  string              `json:"aud"`
	IssuedAt  int64               `json:"iat"`
	ExpiresAt int64               `json:"exp"`
	ID        string              `json:"jti"`
	Events    map[string]struct{} `json:"events"`
	Session   string              `json:"sid"`
}

// logoutTokenTTL is how long a logout token may be accepted (OIDC Back-Channel Logout §4 recommends two minutes).
const logoutTokenTTL = 2 * time.Minute

func (s *Logouts) token(ctx context.Context, client Client, d LogoutDelivery) (string, error) {
	now := s.d.Source.Now()
	token, err := s.d.Signer.Sign(ctx, client.IDTokenAlgorithm(), TypeLogoutToken, logoutClaims{
		Issuer: s.d.Settings.Issuer, Subject: d.UserID.String(), Audience: client.ClientID, IssuedAt: now.Unix(),
		ExpiresAt: now.Add(logoutTokenTTL).Unix(), ID: s.d.Source.NewSecret(), Session: d.SessionID.String(),
		Events: map[string]struct{}{"http://schemas.openid.net/event/backchannel-logout": {}},
	})
	if err != nil {
		return "", fmt.Errorf("sign logout token: %w", err)
	}
	return token, nil
}
