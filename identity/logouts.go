package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Logouts notifies clients by back channel that sessions have ended (OIDC Back-Channel Logout 1.0). A job for each client is
// enqueued in the transaction that ends the session.
type Logouts struct {
	store    logoutPorts
	source   Source
	tokens   *ClientTokens
	subjects *Subjects
	sender   LogoutSender
	issuer   string
}

// logoutPorts is what Logouts reads outside of transactions, and what runs these.
type logoutPorts interface {
	Transactor
	ClientReader
}

// LogoutSender posts a logout token to a client.
type LogoutSender interface {
	// SendLogoutToken posts to the client's back-channel logout URI; an error asks for another try.
	SendLogoutToken(ctx context.Context, uri, token string) error
}

// SessionClient is a client that was signed in to in a session.
type SessionClient struct {
	SessionID uuid.UUID
	UserID    uuid.UUID
	ClientID  uuid.UUID
}

// LogoutStore finds which clients take part in a session.
type LogoutStore interface {
	// SessionClients lists the clients with live grants of the sessions, each pair once.
	SessionClients(ctx context.Context, sessionIDs []uuid.UUID) ([]SessionClient, error)
	// ClientsOfSession lists up to limit clients to which grants were given in a session, ended or not, by their id. Codes that were
	// never redeemed give nothing.
	ClientsOfSession(ctx context.Context, sessionID uuid.UUID, limit int) ([]uuid.UUID, error)
	// TakeLogoutDeliveries removes and returns up to limit deliveries of the former outbox that were due before a time.
	// Exactly one caller gets each.
	TakeLogoutDeliveries(ctx context.Context, before time.Time, limit int) ([]LogoutDelivery, error)
}

// kindLogout is the job that notifies one client of the end of one session.
const kindLogout = "logout.deliver"

// logout is the payload of that job.
type logout struct {
	ClientID  uuid.UUID `json:"client_id"`
	SessionID uuid.UUID `json:"session_id"`
	UserID    uuid.UUID `json:"user_id"`
	URI       string    `json:"uri"`
}

// jobKinds: a receiver gets 5 s after a failure, then three times as long each time, for a day. Those that share a host
// and port share a lane, so that a slow one delays nobody else.
func (s *Logouts) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindLogout,
		Policy: JobPolicy{
			Concurrency: 40,
			FirstRetry:  5 * time.Second, Factor: 3, LongestWait: time.Hour, GiveUpAfter: 24 * time.Hour,
		},
		Run: s.deliver, GaveUp: s.gaveUp,
	}, s.takeOverKind()}
}

// job makes the job that delivers a logout token.
func (l logout) job(source Source) (Job, error) {
	job, err := NewJob(source, kindLogout, l)
	job.Lane = laneOf(l.URI)
	return job, err
}

// laneOf is the host and port that receives, in one spelling.
func laneOf(address string) string {
	uri, err := url.Parse(address)
	if err != nil {
		return ""
	}
	port := uri.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[uri.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(uri.Hostname(), ".")), port)
}

// enqueueLogouts lets clients hear that sessions have ended. It must be called before the grants of the sessions end.
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
	var jobs []Job
	for _, pair := range pairs {
		uri := clients[pair.ClientID].Metadata.BackchannelLogoutURI
		if uri == "" {
			continue
		}
		job, err := logout{ClientID: pair.ClientID, SessionID: pair.SessionID, UserID: pair.UserID, URI: uri}.job(source)
		if err != nil {
			return err
		}
		jobs = append(jobs, job)
	}
	return tx.InsertJobs(ctx, jobs...)
}

// deliver sends one logout token. A client that is gone needs none.
func (s *Logouts) deliver(ctx context.Context, run *JobRun) (any, error) {
	var l logout
	if err := run.Decode(&l); err != nil {
		return nil, err
	}
	client, err := s.store.ClientByID(ctx, l.ClientID)
	if errors.Is(err, ErrClientNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find client of logout: %w", err)
	}
	token, err := s.token(ctx, client, l)
	if err != nil {
		return nil, err
	}
	if err := s.sender.SendLogoutToken(ctx, l.URI, token); err != nil {
		return nil, ErrUnavailable.Because(err)
	}
	return nil, nil
}

// gaveUp notes in the trail that a client was never notified.
func (s *Logouts) gaveUp(ctx context.Context, tx Store, job Job) error {
	var l logout
	if err := json.Unmarshal(job.Payload, &l); err != nil {
		return fmt.Errorf("payload of job %s: %w", job.Kind, err)
	}
	client, err := tx.ClientByID(ctx, l.ClientID)
	if err != nil && !errors.Is(err, ErrClientNotFound) {
		return err
	}
	event := NewEvent(ctx, s.source, ActionLogoutUndeliverable, TargetSession, l.SessionID.String(), client.ClientID)
	return tx.InsertAudit(ctx, event.Failed("unreachable"))
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

func (s *Logouts) token(ctx context.Context, client Client, l logout) (string, error) {
	now := s.source.Now()
	subject, err := s.subjects.Of(ctx, client, l.UserID)
	if err != nil {
		return "", err
	}
	session, err := s.subjects.OfSession(ctx, client, l.SessionID)
	if err != nil {
		return "", err
	}
	token, err := s.tokens.Make(ctx, client, client.LogoutToken(), logoutClaims{
		Issuer: s.issuer, Subject: subject, Audience: client.ClientID, IssuedAt: now.Unix(),
		ExpiresAt: now.Add(logoutTokenTTL).Unix(), ID: s.source.NewSecret(), Session: session,
		Events: map[string]struct{}{"http://schemas.openid.net/event/backchannel-logout": {}},
	})
	if err != nil {
		return "", fmt.Errorf("sign logout token: %w", err)
	}
	return token, nil
}
