package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// AssertionGrants redeems assertions (RFC 7523 §2.1).
type AssertionGrants struct {
	store      Store
	source     Source
	settings   *LiveSettings
	grants     *Grants
	scopes     *Scopes
	assertions AssertionVerifier
	clients    *ClientAuthentication
}

// PresentedAssertion is what a client presents (RFC 7521 §4.1).
type PresentedAssertion struct {
	Token     string
	Audiences []string // URLs that it may name instead of the issuer
	Scopes    []string // that are asked for; none: all that there may be
	Resources []string
}

// Redeem returns what a client may be issued for an assertion about a user by a trusted issuer that the operator lets it bring
// (assertion_issuers). The user must be one who may have tokens, and have accepted the terms. The scopes are never those of
// administration, of OpenID Connect's sign-in or of being away, since nobody has signed in here. An assertion counts once. Every
// refusal of it is ErrInvalidGrant.
// An assertion of the client about itself lets it act on its own behalf, as client_credentials do.
func (s *AssertionGrants) Redeem(ctx context.Context, client Client, p PresentedAssertion) (Issuance, error) {
	if client.Public() {
		refusal := &Error{Kind: Invalid, Code: CodeUnauthorizedClient, Detail: "A public client cannot bring assertions."}
		return Issuance{}, refusal.Breaks(RuleServiceClient)
	}
	claimed, _, _ := ClaimedBy(p.Token)
	if claimed == client.ClientID {
		return s.ofItself(ctx, client, p)
	}
	if !slices.Contains(client.Policy.AssertionIssuers, claimed) {
		refusal := invalidGrant(RuleGrantAssertionIssuer, "The client may not bring assertions of this issuer.")
		return Issuance{}, refusal.Expecting(OneOf(client.Policy.AssertionIssuers))
	}
	a, issuer, err := s.verify(ctx, claimed, p)
	if err != nil {
		return Issuance{}, err
	}
	user, err := s.user(ctx, issuer, a)
	if err != nil {
		return Issuance{}, err
	}
	grant, err := s.grant(ctx, client, user, a, p)
	if err != nil {
		return Issuance{}, err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldClient(ctx, client.ID); err != nil {
			return err
		}
		switch first, err := a.unspent(ctx, tx, "grant_assertion:"+issuer.Issuer); {
		case err != nil:
			return err
		case !first:
			return badGrantAssertion("jti was used before")
		}
		if err := tx.InsertGrant(ctx, grant); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionAssertionGrant, TargetGrant, grant.ID.String(), user.Username).By(user)
		event.ClientID = &client.ID
		event.Changes = map[string]Change{"issuer": {After: issuer.Issuer}}
		return tx.InsertAudit(ctx, event)
	})
	if errors.Is(err, ErrClientNotFound) {
		return Issuance{}, ErrInvalidClient
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("grant for assertion: %w", err)
	}
	return s.grants.issuance(client, grant, user, ""), nil
}

// ofItself lets a client act on its own behalf by an assertion that it has signed, unless it was authenticated by the same one.
func (s *AssertionGrants) ofItself(ctx context.Context, client Client, p PresentedAssertion) (Issuance, error) {
	method := client.Metadata.TokenEndpointAuthMethod
	if method != AuthPrivateKeyJWT && method != AuthClientSecretJWT || client.Policy.AssertionIssuer != "" {
		return Issuance{}, badGrantAssertion("the client has no keys of its own")
	}
	presented := ClientCredentials{Method: method, Assertion: p.Token, Audiences: p.Audiences, Granting: true}
	if err := s.clients.proveAssertion(ctx, client, presented); err != nil {
		if fault := AsError(err); fault.Code == CodeInvalidClient {
			return Issuance{}, badGrantAssertion("the assertion of the client about itself is not valid").Because(err)
		}
		return Issuance{}, err
	}
	return s.grants.ForClient(ctx, client, p.Scopes, p.Resources)
}

// verify returns what a trusted issuer asserts.
func (s *AssertionGrants) verify(ctx context.Context, name string, p PresentedAssertion) (assertion, TrustedIssuer, error) {
	issuer, ok, err := findTrusted(ctx, s.store, name)
	if err != nil {
		return assertion{}, issuer, fmt.Errorf("find trusted issuer: %w", err)
	}
	if !ok {
		return assertion{}, issuer, invalidGrant(RuleGrantAssertionIssuer, "The issuer of the assertion is not trusted.")
	}
	raw, err := s.assertions.VerifyTrusted(ctx, issuer, p.Token)
	if errors.Is(err, ErrInvalidToken) {
		return assertion{}, issuer, badGrantAssertion("signature").Because(err)
	}
	if err != nil {
		return assertion{}, issuer, fmt.Errorf("verify assertion: %w", err)
	}
	a, err := readAssertion(p.Token, raw)
	if err != nil {
		return assertion{}, issuer, badGrantAssertion("claims").Because(err)
	}
	place := assertionPlace{issuer: s.settings.Get().Issuer, endpoints: p.Audiences}
	switch fault := a.fault(place, s.source.Now(), maxAssertion); {
	case !issuer.issued(a.assertionClaims):
		return assertion{}, issuer, badGrantAssertion("iss")
	case fault != "":
		return assertion{}, issuer, badGrantAssertion(fault)
	case len(a.ID) > MaxText:
		return assertion{}, issuer, badGrantAssertion("jti")
	}
	return a, issuer, nil
}

// user returns whom an assertion is about.
func (s *AssertionGrants) user(ctx context.Context, issuer TrustedIssuer, a assertion) (User, error) {
	nobody := badGrantAssertion("it is about nobody who may have tokens")
	var claims map[string]json.RawMessage
	var name string
	if json.Unmarshal(a.raw, &claims) != nil || json.Unmarshal(claims[issuer.UserClaim], &name) != nil || name == "" || len(name) > MaxText {
		return User{}, badGrantAssertion(issuer.UserClaim)
	}
	user, err := s.named(ctx, issuer.UserMatch, name)
	if errors.Is(err, ErrUserNotFound) {
		return User{}, nobody.Because(err)
	}
	if err != nil {
		return User{}, fmt.Errorf("find user of assertion: %w", err)
	}
	settings := s.settings.Get()
	if reason := user.eligibility(settings); reason != Eligible {
		return User{}, nobody.Because(errors.New(string(reason)))
	}
	if settings.TermsDue(user) {
		return User{}, nobody.Because(ErrTermsNotAccepted)
	}
	return user, nil
}

func (s *AssertionGrants) named(ctx context.Context, by UserMatch, name string) (User, error) {
	switch by {
	case MatchSubject:
		id, err := uuid.Parse(name)
		if err != nil || id.String() != name {
			return User{}, ErrUserNotFound
		}
		return s.store.UserByID(ctx, id)
	case MatchUsername:
		return s.store.UserByUsername(ctx, name)
	case MatchEmail:
		user, err := s.store.UserByEmail(ctx, name)
		if err == nil && !user.Verified { // anybody can say that an address is theirs
			return User{}, ErrUserNotFound
		}
		return user, err
	case MatchNobody:
	}
	return User{}, ErrUserNotFound
}

// grant returns what the user is taken to have allowed: the issuer vouches for it.
func (s *AssertionGrants) grant(ctx context.Context, client Client, user User, a assertion, p PresentedAssertion) (Grant, error) {
	if levelOf(client.Policy.RequireACR) > LevelOne {
		refusal := badGrantAssertion("the client requires a sign-in of a higher class")
		return Grant{}, refusal
	}
	allowed, err := s.scopes.Requested(ctx, client, p.Scopes)
	if err != nil {
		return Grant{}, err
	}
	scopes := slices.DeleteFunc(allowed, func(name string) bool {
		return name == ScopeOpenID || name == ScopeOfflineAccess || IsAdminScope(name)
	})
	if len(p.Scopes) > 0 && len(scopes) == 0 {
		return Grant{}, noSuchScope(client.Scopes())
	}
	if err := s.scopes.CheckResources(ctx, p.Resources); err != nil {
		return Grant{}, err
	}
	now := s.source.Now()
	return Grant{
		ID: s.source.NewID(), UserID: user.ID, ClientID: client.ID, Scopes: scopes, Resources: distinct(p.Resources),
		AuthTime: a.signedInAt(now), ACR: classes[LevelOne], CreatedAt: now,
	}, nil
}

// signedInAt returns when the issuer says that the user has signed in, and at the latest when it has made the assertion.
func (a assertion) signedInAt(now time.Time) time.Time {
	for _, claim := range []*float64{a.AuthTime, a.IssuedAt} {
		if at, ok := numericDate(claim); ok && at.Before(now) {
			return at
		}
	}
	return now
}

func badGrantAssertion(reason string) *Error {
	return invalidGrant(RuleGrantAssertion, "The assertion is not valid.").Expecting("What is wrong is: " + reason + ".")
}
