package identity

import "github.com/google/uuid"

// Issuance is everything that tokens are issued from: what every grant type comes to once its request was found good.
type Issuance struct {
	Client       Client
	Grant        Grant                // zero for a client on its own behalf
	User         User                 // zero for a client on its own behalf
	Scopes       []string             // of the access token: the grant's, or fewer if fewer were asked for
	Resources    []string             // that were authorized (RFC 8707); none means the default of client and scopes, or Authly itself
	Details      AuthorizationDetails // of the access token (RFC 9396)
	Nonce        string               // of the authorization request, else empty
	Code         string               // that an authorization response hands out, or empty
	RefreshToken string               // the token to hand out, or empty
	Sender       SenderConstraint
	Exchanged    *Exchanged // of a token that takes the place of another (RFC 8693); else nil
}

// OnOwnBehalf reports whether a client acts without a user (RFC 6749 §4.4).
func (i Issuance) OnOwnBehalf() bool { return i.User.ID == uuid.Nil }

// SenderConstraint binds tokens to a key of whoever may present them: the claim cnf (RFC 7800 §3.1). The zero value
// binds to nothing; such tokens are bearer tokens (RFC 6750).
type SenderConstraint struct {
	Key         string `json:"jkt,omitempty"`      // SHA-256 thumbprint of a JWK (RFC 9449 §6.1)
	Certificate string `json:"x5t#S256,omitempty"` // SHA-256 thumbprint of a certificate (RFC 8705 §3.1)
}

// TokenType is the value of token_type for tokens with the constraint. A certificate does not change how a token is
// presented (RFC 8705 §3), a key does (RFC 9449 §5).
func (c SenderConstraint) TokenType() string {
	if c.Key != "" {
		return string(SchemeDPoP)
	}
	return string(SchemeBearer)
}
