package identity

import (
	"context"
	"errors"
	"strings"
	"time"
)

// PushedRequestTTL is how long a browser may take from the push of a request to the authorization endpoint (RFC 9126 §2.2).
const PushedRequestTTL = 90 * time.Second

// pushedPrefix begins every request_uri that Authly returns (RFC 9126 §2.2).
const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// IsPushed reports whether a request_uri is of the form of those that Push returns.
func IsPushed(requestURI string) bool { return strings.HasPrefix(requestURI, pushedPrefix) }

// ErrPushedRequest says that a request_uri is none of ours, another client's, expired, or answered (RFC 9126 §4).
var ErrPushedRequest = Errorf(Invalid, CodeInvalidRequestURI,
	"The request_uri is unknown, expired, or was used already.").Breaks(RulePushedKnown)

// Push returns the request_uri for a validated authorization request. As with a handle, the request itself is in it under
// seal, and nothing is stored (docs/decisions/0081): one that no handle can carry is refused.
func (s *Interactions) Push(i Interaction) (requestURI string, err error) {
	i.Pushed, i.ExpiresAt = true, i.CreatedAt.Add(PushedRequestTTL)
	sealed, err := s.sealer.seal(i, pushedContext)
	if err != nil {
		return "", err
	}
	return pushedPrefix + sealed, nil
}

// Pushed returns the interaction that a client has pushed. It can be begun often and is answered once: when it is done, or
// expired, or another client's, it is ErrPushedRequest. It has no handle yet.
func (s *Interactions) Pushed(ctx context.Context, requestURI, clientID string) (Interaction, error) {
	i, err := s.sealer.open(strings.TrimPrefix(requestURI, pushedPrefix), pushedContext)
	if err != nil {
		return Interaction{}, ErrPushedRequest.Because(err)
	}
	if !i.ExpiresAt.After(s.source.Now()) {
		return Interaction{}, ErrPushedRequest.Expecting("one that is younger than " + PushedRequestTTL.String())
	}
	if i.Client, err = s.activeClient(ctx, i); errors.Is(err, ErrInteractionNotFound) || err == nil && i.Client.ClientID != clientID {
		return Interaction{}, ErrPushedRequest.Expecting("the client_id of the client that has pushed it")
	} else if err != nil {
		return Interaction{}, err
	}
	if !i.confine() {
		return Interaction{}, ErrPushedRequest.Expecting("a client that may still ask for this")
	}
	if i, err = s.withProgress(ctx, i); err != nil {
		return Interaction{}, err
	}
	if i.DoneAt != nil {
		return Interaction{}, ErrPushedRequest.Expecting("one that was not answered yet")
	}
	i.Handle, i.ExpiresAt = "", i.CreatedAt.Add(max(s.ttl, PushedRequestTTL))
	return i, nil
}
