package identity

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

// TokenExchange is what a client presents to get a token for another API in the place of one that it has (RFC 8693 §2.1).
type TokenExchange struct {
	SubjectToken string
	ActorToken   string // or empty
	Scopes       []string
	Resources    []string // URIs, also of the parameter audience
	Caller       Caller   // what the client has proven to hold
}

// ActingParty is the claim act: who acts for the subject, and for whom that one does (RFC 8693 §4.1).
type ActingParty struct {
	Subject string       `json:"sub"`
	Actor   *ActingParty `json:"act,omitempty"`
}

// depth is how many act one for another.
func (a *ActingParty) depth() int {
	n := 0
	for ; a != nil; a = a.Actor {
		n++
	}
	return n
}

// maxActors bounds how many act one for another in one token.
const maxActors = 4

// Exchanged is what a token has of the one that it was exchanged for.
type Exchanged struct {
	Actor *ActingParty
	Until time.Time // it lives no longer
}

// TokenExchanges exchanges tokens (RFC 8693).
type TokenExchanges struct {
	tokens *Tokens
	scopes *Scopes
}

// Exchange returns what a client is issued for an access token of a user, for resources that the operator allows it
// (exchange_resources). The token must have been made for the client: for an API that it serves, or by itself. The new one has the
// same grant, and so ends with it; a sign-in of the class that the client requires; fewer scopes or the same, and never those of
// administration, of OpenID Connect's sign-in or of being away; a lifetime that ends no later; and it names who acts, unless the
// operator lets the client act as the user. For a bound token the client must prove a key or a certificate of its own, which binds the
// new one: what is stolen further on is of no more use than here.
// Nothing is written.
func (s *TokenExchanges) Exchange(ctx context.Context, client Client, e TokenExchange) (Issuance, error) {
	if client.Public() {
		refusal := &Error{Kind: Invalid, Code: CodeUnauthorizedClient, Detail: "A public client cannot exchange tokens."}
		return Issuance{}, refusal.Breaks(RuleServiceClient)
	}
	subject, err := s.held(ctx, client, "subject_token", e.SubjectToken)
	if err != nil {
		return Issuance{}, err
	}
	if subject.User.ID == uuid.Nil {
		return Issuance{}, badExchange(RuleExchangeToken, "The subject_token is not of a user.")
	}
	sender := e.Caller.Sender
	if bound := subject.Claims.Sender; bound != (SenderConstraint{}) && sender == (SenderConstraint{}) {
		if sender.Certificate = e.Caller.Certificate; sender.Certificate == "" {
			return Issuance{}, errProofMissing
		}
	}
	scopes, err := exchangeable(client, subject, e.Scopes)
	if err != nil {
		return Issuance{}, err
	}
	if err := s.checkTargets(ctx, client, e.Resources); err != nil {
		return Issuance{}, err
	}
	actor, err := s.actor(ctx, client, subject, e.ActorToken)
	if err != nil {
		return Issuance{}, err
	}
	return Issuance{
		Client: client, Grant: subject.Grant, User: subject.User, Scopes: scopes, Resources: distinct(e.Resources),
		Sender:    sender,
		Exchanged: &Exchanged{Actor: actor, Until: time.Unix(subject.Claims.ExpiresAt, 0)},
	}, nil
}

// held returns who a token stands for that was made for the client. Whoever else has come by it gains nothing here, and what the
// client requires of every sign-in for it, one for another client does not go round. The answer to what a policy does not take is
// invalid_request (RFC 8693 §2.2.2); the error code of RFC 9470 is for APIs.
func (s *TokenExchanges) held(ctx context.Context, client Client, parameter, token string) (Bearer, error) {
	b, err := s.tokens.read(ctx, token)
	if errors.Is(err, ErrInvalidToken) {
		return Bearer{}, badExchange(RuleExchangeToken, "The "+parameter+" is not an active access token of this server.")
	}
	if err != nil {
		return Bearer{}, err
	}
	if !client.holds(b.Claims.ClientID, b.Claims.Audience) {
		return Bearer{}, badExchange(RuleExchangeHolder, "The "+parameter+" was not made for this client.")
	}
	if required := client.Policy.RequireACR; b.User.ID != uuid.Nil && levelOf(b.Claims.ACR) < levelOf(required) {
		refusal := badExchange(RuleExchangeClass, "The sign-in behind the "+parameter+" is not of the class that this client requires.")
		return Bearer{}, refusal.Expecting("At least " + required + ".")
	}
	return b, nil
}

// exchangeable returns the scopes of the new token: those that are asked for, or all, as far as both clients and the user have
// them.
func exchangeable(client Client, subject Bearer, requested []string) ([]string, error) {
	scopes := slices.DeleteFunc(intersect(subject.Scopes(), client.Scopes()), func(name string) bool {
		return name == ScopeOpenID || name == ScopeOfflineAccess || IsAdminScope(name)
	})
	if len(requested) == 0 {
		return scopes, nil
	}
	granted := intersect(requested, scopes)
	if len(granted) == 0 {
		return nil, noSuchScope(scopes)
	}
	return granted, nil
}

// checkTargets refuses what the client may not exchange tokens for (RFC 8693 §2.2.2).
func (s *TokenExchanges) checkTargets(ctx context.Context, client Client, resources []string) error {
	if len(resources) == 0 {
		return badTarget(RuleExchangeTarget, "The resource is missing that the new token is for.")
	}
	if err := s.scopes.CheckResources(ctx, resources); err != nil {
		return err
	}
	if !subset(resources, client.Policy.ExchangeResources) {
		refusal := badTarget(RuleExchangeTarget, "The client may not exchange tokens for this resource.")
		return refusal.Expecting(OneOf(client.Policy.ExchangeResources))
	}
	return nil
}

// actor returns who acts with the new token: the client, or whom its actor_token stands for, for those who acted before.
func (s *TokenExchanges) actor(ctx context.Context, client Client, subject Bearer, token string) (*ActingParty, error) {
	before := subject.Claims.Actor
	acting := ActingParty{Subject: client.ClientID, Actor: before}
	switch {
	case token != "":
		b, err := s.held(ctx, client, "actor_token", token)
		if err != nil {
			return nil, err
		}
		acting.Subject = b.Claims.Subject
		if b.Claims.Grant != "" { // a person, as who gets the token knows them
			if acting.Subject, err = s.tokens.subjects.Of(ctx, client, b.User.ID); err != nil {
				return nil, err
			}
		}
	case client.Policy.ExchangeImpersonates:
		return before, nil
	}
	if acting.depth() > maxActors {
		return nil, badExchange(RuleExchangeDepth, "Too many act one for another in the subject_token.")
	}
	return &acting, nil
}

func badExchange(rule RuleID, detail string) *Error {
	return (&Error{Kind: Invalid, Code: CodeValidation, Detail: detail}).Breaks(rule)
}
