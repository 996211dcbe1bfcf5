package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Grants redeems what clients present at the token endpoint: codes, refresh tokens, passwords, and their own identity.
// It issues nothing; Tokens does.
type Grants struct {
	store         GrantStore
	tokens        AccessTokenStore
	tx            Transactor
	access        accessTokens
	source        Source
	keys          *Keyring
	settings      *LiveSettings
	refreshTokens refreshTokens
	scopes        *Scopes
	delegations   DelegationReader
	signIn        *SignIn
}

func newGrants(d Deps, scopes *Scopes, signIn *SignIn) *Grants {
	return &Grants{
		store: d.Store, tokens: d.Store, tx: d.Store, access: newAccessTokens(d), source: d.Source, keys: d.Keys, settings: d.Settings,
		refreshTokens: refreshTokens{d.Keys}, scopes: scopes, signIn: signIn, delegations: d.Store,
	}
}

// CodeProof is what a client presents for a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
type CodeProof struct {
	Code        string
	RedirectURI string
	Verifier    string
	Sender      SenderConstraint // what the client has proven to hold
}

// Exchange spends an authorization code. Every refusal is ErrInvalidGrant. A code that was spent before ends its grant,
// and with it everything that was issued (RFC 6749 §4.1.2, OAuth 2.1 §4.1.3).
func (s *Grants) Exchange(ctx context.Context, client Client, proof CodeProof) (Issuance, error) {
	now := s.source.Now()
	status, err := s.store.GrantStatusByCode(ctx, s.keys.Digests(PurposeCode, proof.Code), now)
	if errors.Is(err, ErrGrantNotFound) || err == nil && status.Grant.ClientID != client.ID {
		return Issuance{}, invalidGrant(RuleCode, "The authorization code is unknown or was issued to another client.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find code: %w", err)
	}
	status.Client = client
	issuance, err := s.spendCode(ctx, status, proof, now)
	return issuance, ofUser(err, status.User)
}

// spendCode is Exchange for a code that was found, and that is the client's.
func (s *Grants) spendCode(ctx context.Context, status GrantStatus, proof CodeProof, now time.Time) (Issuance, error) {
	client, grant, code := status.Client, status.Grant, status.Grant.Code
	switch {
	case code.SpentAt != nil:
		return Issuance{}, s.replayed(ctx, grant, client)
	case grant.EndedAt != nil || !code.ExpiresAt.After(now):
		return Issuance{}, invalidGrant(RuleCodeInTime, "The authorization code has expired.")
	case proof.RedirectURI != code.RedirectURI:
		return Issuance{}, invalidGrant(RuleCodeRedirect, "The redirect_uri is not that of the authorization request.")
	case !verifierMatches(proof.Verifier, code.CodeChallenge):
		return Issuance{}, invalidGrant(RuleVerifier, "The code_verifier does not match the code_challenge.")
	}
	if grant.Sender.Key != "" && proof.Sender.Key != grant.Sender.Key {
		return Issuance{}, invalidGrant(RuleCodeKey, "The authorization code is bound to another key.")
	}
	if err := status.Eligibility(s.settings.Get(), now).check(); err != nil {
		return Issuance{}, err
	}
	var first RefreshState
	if client.Allows(GrantRefreshToken) {
		first = s.firstRefresh(client, now)
	}
	if client.Public() {
		grant.Sender = proof.Sender
	}
	won, err := s.store.SpendCode(ctx, grant.ID, now, first, grant.Sender)
	if err != nil {
		return Issuance{}, fmt.Errorf("spend code: %w", err)
	}
	if !won {
		return Issuance{}, s.replayed(ctx, grant, client)
	}
	grant.Code.SpentAt, grant.Refresh = &now, first
	if status.User, err = withDelegation(ctx, s.delegations, status.User, grant.Scopes); err != nil {
		return Issuance{}, err
	}
	return s.issuance(client, grant, status.User, code.Nonce), nil
}

// issuanceOf is what a grant comes to that was just made.
func issuanceOf(client Client, grant Grant, user User, nonce string) Issuance {
	return Issuance{
		Client: client, Grant: grant, User: user, Scopes: presentScopes(grant.Scopes, client, user), Resources: grant.Resources,
		Details: grant.Details, Nonce: nonce,
	}
}

// issuance is what a grant comes to at the token endpoint.
func (s *Grants) issuance(client Client, grant Grant, user User, nonce string) Issuance {
	out := issuanceOf(client, grant, user, nonce)
	if grant.Refresh.Generation > 0 {
		out.RefreshToken = s.refreshTokens.derive(grant.ID, grant.Refresh.Generation)
	}
	return out
}

// replayed ends the grant of a code that was presented again, and only then refuses.
func (s *Grants) replayed(ctx context.Context, grant Grant, client Client) error {
	if err := s.end(ctx, grant.ID, client, ActionCodeReplayed, EndCodeReplayed); err != nil {
		return err
	}
	return invalidGrant(RuleCodeOnce, "The authorization code was used before.")
}

// end ends a live grant of the client; any other is left as it is.
func (s *Grants) end(ctx context.Context, id uuid.UUID, client Client, action Action, reason EndReason) error {
	event := NewEvent(ctx, s.source, action, TargetGrant, id.String(), client.ClientID)
	event.ClientID = &client.ID
	event.Reason = string(reason)
	if action == ActionCodeReplayed || action == ActionRefreshReused {
		event = event.Failed(string(reason))
	}
	if _, err := s.store.EndGrant(ctx, id, client.ID, s.source.Now(), reason, event); err != nil {
		return fmt.Errorf("end grant: %w", err)
	}
	return nil
}

// Revoke ends what a token stands for (RFC 7009 §2.1): a refresh token ends its whole grant, an access token dies
// alone. A token that is unknown, ended or another client's is left as it is without an error.
func (s *Grants) Revoke(ctx context.Context, client Client, token string) error {
	if id, _, ok := s.refreshTokens.parse(token); ok {
		return s.end(ctx, id, client, ActionGrantEnded, EndClientRevoked)
	}
	claims, err := s.access.claims(ctx, token)
	if errors.Is(err, ErrInvalidToken) || err == nil && claims.ClientID != client.ClientID {
		return nil
	}
	if err != nil {
		return fmt.Errorf("revoke access token: %w", err)
	}
	event := NewEvent(ctx, s.source, ActionTokenRevoked, TargetClient, client.ID.String(), client.ClientID)
	event.ClientID = &client.ID
	if err := s.tokens.RevokeToken(ctx, claims.ID, time.Unix(claims.ExpiresAt, 0).UTC(), event); err != nil {
		return fmt.Errorf("revoke access token: %w", err)
	}
	return nil
}

func invalidGrant(rule RuleID, detail string) *Error {
	return (&Error{Kind: ErrInvalidGrant.Kind, Code: CodeInvalidGrant, Detail: detail}).Breaks(rule)
}
