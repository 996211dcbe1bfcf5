package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// SignedOut is a session that has ended, for the browser that it was of.
type SignedOut struct {
	SessionID uuid.UUID `json:"sid"`
	At        time.Time `json:"at"`
}

// SignedOutClient is a client that was used in a session that has ended.
type SignedOutClient struct {
	Client Client
	Frame  string      // what the browser loads, so that the client hears of it (OIDC Front-Channel Logout 1.0 §2); or empty
	Posted LogoutState // of its logout token (OIDC Back-Channel Logout 1.0 §2.5)
}

// LogoutState is how far a logout token has come.
type LogoutState string

// The states. There is none where the client has no address for logout tokens.
const (
	LogoutWaiting LogoutState = "waiting" // was not sent yet
	LogoutReached LogoutState = "reached"
	LogoutFailing LogoutState = "failing" // the client has not taken it; it is tried again for a day
)

// maxSignedOut bounds the clients of a session that a page names, and the frames that a browser loads.
const maxSignedOut = 20

// signedOutPorts find whom the end of a session concerns.
type signedOutPorts interface {
	SessionByDigest(ctx context.Context, digests [][]byte) (Session, error)
	ClientsOfSession(ctx context.Context, sessionID uuid.UUID, limit int) ([]uuid.UUID, error)
	JobsMade(ctx context.Context, kind string, from, before time.Time, limit int) ([]Job, error)
	ClientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Client, error)
}

// SignedOutBy returns the session of a browser's cookie that has ended or expired; ErrSessionNotFound when there is none or it goes on.
func (s *Sessions) SignedOutBy(ctx context.Context, secret string) (SignedOut, error) {
	if secret == "" {
		return SignedOut{}, ErrSessionNotFound
	}
	session, err := s.store.SessionByDigest(ctx, s.keys.Digests(PurposeSession, secret))
	if err != nil {
		return SignedOut{}, err
	}
	if !session.Complete() || session.Active(s.source.Now()) {
		return SignedOut{}, ErrSessionNotFound
	}
	over := session.ExpiresAt
	if session.EndedAt != nil {
		over = *session.EndedAt
	}
	return SignedOut{session.ID, over}, nil
}

// BrowserState returns what stands for a session where scripts of our own page see it (OIDC Session Management 1.0 §4.2): nobody can
// make it, or get the session from it.
func (s *Sessions) BrowserState(id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(s.keys.MAC(PurposeSession, []byte("browser state "+id.String()))[:16])
}

// logoutsWithin is how far apart the end of a session and the jobs of its logout tokens are made, at most: one transaction.
const logoutsWithin = 5 * time.Second

// maxLogoutsWithin bounds the jobs of all sessions that are looked through for those of one.
const maxLogoutsWithin = 500

// SignedOutClients lists the clients that a session was used in which are to hear of its end, by their name.
func (s *Sessions) SignedOutClients(ctx context.Context, o SignedOut) ([]SignedOutClient, error) {
	ids, err := s.store.ClientsOfSession(ctx, o.SessionID, maxSignedOut)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	clients, err := s.store.ClientsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []SignedOutClient
	posts := false
	for _, id := range ids {
		client, found := clients[id]
		if m := client.Metadata; !found || m.FrontchannelLogoutURI == "" && m.BackchannelLogoutURI == "" {
			continue
		}
		posts = posts || client.Metadata.BackchannelLogoutURI != ""
		sid, err := s.subjects.OfSession(ctx, client, o.SessionID)
		if err != nil {
			return nil, err
		}
		list = append(list, SignedOutClient{Client: client, Frame: client.logoutFrame(s.settings.Get().Issuer, sid)})
	}
	slices.SortFunc(list, func(a, b SignedOutClient) int { return strings.Compare(a.Client.DisplayName(), b.Client.DisplayName()) })
	if !posts {
		return list, nil
	}
	jobs, err := s.store.JobsMade(ctx, kindLogout, o.At.Add(-logoutsWithin), o.At.Add(logoutsWithin), maxLogoutsWithin)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Posted = postedIn(jobs, o.SessionID, list[i].Client.ID)
	}
	// Of a token that is not found, since the session ended long ago, there is nothing to say.
	return slices.DeleteFunc(list, func(c SignedOutClient) bool { return c.Frame == "" && c.Posted == "" }), nil
}

// postedIn returns how far the logout token of a client has come, by the jobs.
func postedIn(jobs []Job, sessionID, clientID uuid.UUID) LogoutState {
	for _, job := range jobs {
		var l logout
		if json.Unmarshal(job.Payload, &l) != nil || l.SessionID != sessionID || l.ClientID != clientID {
			continue
		}
		switch {
		case job.Outcome == OutcomeSuccess:
			return LogoutReached
		case job.FinishedAt != nil || job.ErrorCode != "":
			return LogoutFailing
		}
		return LogoutWaiting
	}
	return ""
}

// logoutFrame returns what the browser loads so that the client hears that a session has ended, with iss and sid (OIDC Front-Channel
// Logout 1.0 §2), or "".
func (c Client) logoutFrame(issuer, sid string) string {
	u, err := url.Parse(c.Metadata.FrontchannelLogoutURI)
	if err != nil || c.Metadata.FrontchannelLogoutURI == "" {
		return ""
	}
	own := url.Values{"iss": {issuer}, "sid": {sid}}.Encode()
	u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+own, "&")
	return u.String()
}

// signedOutFor is how long a browser may ask whom its end of a session has reached.
const signedOutFor = 10 * time.Minute

// signedOutContext binds the handle to its use.
const signedOutContext = "signed-out"

// Seal returns the handle by which a browser asks again about a session that has ended.
func (s *Sessions) Seal(o SignedOut) (string, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("seal session that has ended: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.keys.Seal(PurposeSession, text, signedOutContext)), nil
}

// maxSignedOutHandle is the longest handle of Seal that is looked at, in bytes.
const maxSignedOutHandle = 300

// Open returns what a handle of Seal is of; ErrSessionNotFound when it is none, or too old.
func (s *Sessions) Open(handle string) (o SignedOut, err error) {
	if len(handle) > maxSignedOutHandle {
		return SignedOut{}, ErrSessionNotFound
	}
	sealed, err := base64.RawURLEncoding.DecodeString(handle)
	if err == nil {
		sealed, err = s.keys.Open(PurposeSession, sealed, signedOutContext)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &o)
	}
	if err != nil {
		return SignedOut{}, ErrSessionNotFound.Because(err)
	}
	if s.source.Now().Sub(o.At) > signedOutFor {
		return SignedOut{}, ErrSessionNotFound
	}
	return o, nil
}
