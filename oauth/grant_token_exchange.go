package oauth

import (
	"slices"

	"github.com/authly/authly/identity"
)

// Types of tokens (RFC 8693 §3). Access tokens are JWTs, so both name the same.
const (
	typeAccessToken = "urn:ietf:params:oauth:token-type:access_token"
	typeJWT         = "urn:ietf:params:oauth:token-type:jwt"
)

// tokenExchange is the grant of RFC 8693.
type tokenExchange struct{ exchanges *identity.TokenExchanges }

func (g tokenExchange) redeem(r tokenRequest) (identity.Issuance, error) {
	subject, err := r.required(paramSubjectToken)
	if err != nil {
		return identity.Issuance{}, err
	}
	if err := r.checkTokenTypes(); err != nil {
		return identity.Issuance{}, err
	}
	scopes, err := r.scopes()
	if err != nil {
		return identity.Issuance{}, err
	}
	return g.exchanges.Exchange(r.Context(), r.client, identity.TokenExchange{
		SubjectToken: subject, ActorToken: r.form.Get(paramActorToken), Scopes: scopes,
		Resources: slices.Concat(r.form[paramResource], r.form[paramAudience]), Caller: r.caller,
	})
}

// checkTokenTypes refuses types of tokens that are neither taken nor issued, and a type without its token (RFC 8693 §2.1).
func (r tokenRequest) checkTokenTypes() error {
	for _, p := range []struct {
		name     string
		required bool
	}{
		{paramSubjectTokenType, true}, {paramActorTokenType, r.form.Has(paramActorToken)}, {paramRequestedTokenType, false},
	} {
		switch kind := r.form.Get(p.name); {
		case kind == "" && p.required:
			return InvalidRequest(identity.RuleParameter, "The parameter %s is missing.", p.name)
		case kind != "" && kind != typeAccessToken && kind != typeJWT:
			return InvalidRequest(identity.RuleExchangeType, "The %s must be that of access tokens, or jwt.", p.name)
		}
	}
	if r.form.Has(paramActorTokenType) && !r.form.Has(paramActorToken) {
		return InvalidRequest(identity.RuleParameter, "The parameter %s is missing.", paramActorToken)
	}
	return nil
}
