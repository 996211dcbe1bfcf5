package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ClientTokens makes the JWTs that the server has for one client alone, as the client has registered to get them: ID tokens, logout
// tokens, UserInfo, authorization responses and what is said of tokens.
type ClientTokens struct {
	signer    TokenSigner
	encrypter ClientEncrypter
	clients   ClientReader
	keys      *Keyring
	source    Source
}

// ClientToken is a sort of such JWTs for a client.
type ClientToken struct {
	Type string     // of the header
	Alg  Algorithm  // empty = not signed
	As   Encryption // of the whole
}

// IDToken returns how the client gets its ID tokens (OIDC Registration §2).
func (c Client) IDToken() ClientToken {
	m := c.Metadata
	return ClientToken{TypeIDToken, c.IDTokenAlgorithm(), encrypted(m.IDTokenEncryptionAlg, m.IDTokenEncryptionEnc)}
}

// LogoutToken returns how the client gets logout tokens: signed as its ID tokens are (OIDC Back-Channel Logout §2.4).
func (c Client) LogoutToken() ClientToken {
	return ClientToken{Type: TypeLogoutToken, Alg: c.IDTokenAlgorithm()}
}

// UserInfo returns how the client gets UserInfo (OIDC Core §5.3.2); as JSON if Plain.
func (c Client) UserInfo() ClientToken {
	m := c.Metadata
	return ClientToken{TypeUserInfo, m.UserinfoAlg, encrypted(m.UserinfoEncryptionAlg, m.UserinfoEncryptionEnc)}
}

// Introspection returns how the client gets what is said of a token, if it asks for a JWT (RFC 9701 §6).
func (c Client) Introspection() ClientToken {
	m := c.Metadata
	return ClientToken{TypeIntrospection, c.IntrospectionAlgorithm(), encrypted(m.IntrospectionEncryptionAlg, m.IntrospectionEncryptionEnc)}
}

// AuthorizationResponse returns how the client gets authorization responses, if it asks for a JWT (JARM §3).
func (c Client) AuthorizationResponse() ClientToken {
	m := c.Metadata
	as := encrypted(m.AuthorizationEncryptionAlg, m.AuthorizationEncryptionEnc)
	return ClientToken{TypeAuthorizationResponse, c.AuthorizationAlgorithm(), as}
}

// Plain reports whether the client gets no JWT.
func (t ClientToken) Plain() bool { return t.Alg == "" && t.As.Alg == "" }

// Make makes a JWT of claims, which marshal to a JSON object: signed, and then encrypted (RFC 7519 §11.2). ErrNoEncryptionKey where the
// client has no key for it.
func (s *ClientTokens) Make(ctx context.Context, client Client, as ClientToken, claims any) (string, error) {
	if as.Alg == "" {
		payload, err := json.Marshal(claims)
		if err != nil {
			return "", fmt.Errorf("encode claims: %w", err)
		}
		return s.encrypter.Encrypt(ctx, client, as.As, payload, false)
	}
	signed, err := s.sign(ctx, client, as, claims)
	if err != nil || as.As.Alg == "" {
		return signed, err
	}
	return s.encrypter.Encrypt(ctx, client, as.As, []byte(signed), true)
}

func (s *ClientTokens) sign(ctx context.Context, client Client, as ClientToken, claims any) (string, error) {
	if as.Alg != HS256 {
		return s.signer.Sign(ctx, as.Alg, as.Type, claims)
	}
	secrets := client.signingSecrets(s.keys, s.source.Now())
	if len(secrets) == 0 {
		return "", errNoSigningSecret
	}
	return s.signer.SignWithSecret(secrets[0], as.Type, claims)
}

// errNoSigningSecret: the secrets of a client that wants HS256 have all ended.
var errNoSigningSecret = errors.New("the client has no live secret that could sign")

// ReadIDToken reads an ID token of this server that comes back as a hint, perhaps long expired: as it was signed, or encrypted to this
// server (OIDC Core §3.1.2.1). Anything else is ErrInvalidToken.
func (s *ClientTokens) ReadIDToken(ctx context.Context, token string, out any) error {
	if isEncrypted(token) {
		inner, err := s.signer.Decrypt(ctx, token, Encryption{})
		if err != nil {
			return err
		}
		token = string(inner)
	}
	audience, symmetric := bySecret(token)
	if !symmetric {
		return s.signer.VerifyIgnoringTime(ctx, token, TypeIDToken, out)
	}
	client, err := s.clients.ClientByClientID(ctx, audience)
	if errors.Is(err, ErrClientNotFound) {
		return ErrInvalidToken
	}
	if err != nil {
		return fmt.Errorf("find client of ID token: %w", err)
	}
	if client.IDTokenAlgorithm() != HS256 {
		return ErrInvalidToken
	}
	return s.signer.VerifyWithSecrets(client.signingSecrets(s.keys, s.source.Now()), token, TypeIDToken, out)
}

// bySecret returns the client whose secret may have signed a token, which nothing has proven yet.
func bySecret(token string) (clientID string, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false
	}
	head, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	body, errBody := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	var h struct {
		Algorithm Algorithm `json:"alg"`
	}
	var c struct {
		Audience Audience `json:"aud"`
	}
	if errors.Join(err, errBody) != nil || json.Unmarshal(head, &h) != nil || h.Algorithm != HS256 || json.Unmarshal(body, &c) != nil {
		return "", false
	}
	return strings.Join(c.Audience, " "), len(c.Audience) == 1
}
