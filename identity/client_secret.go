package identity

import (
	"crypto/subtle"
	"slices"
	"time"

	"github.com/google/uuid"
)

// ClientSecret is one live secret. Of one that its client sends the server has a keyed digest alone; one that its client signs with
// (client_secret_jwt) is sealed, since the server has to sign with it too.
type ClientSecret struct {
	ID        uuid.UUID  `json:"id"`
	Digest    []byte     `json:"digest,omitempty"`
	Sealed    []byte     `json:"sealed,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// The bounds of a secret in bytes: 256 bits if it is random hexadecimal or denser. As a key of HS512 it has as many as the hash
// (RFC 7518 §3.2), so that one is long enough for every algorithm.
const (
	minSecret        = 32
	minSigningSecret = 64
)

// Live reports whether the secret has not expired.
func (s ClientSecret) Live(now time.Time) bool { return s.ExpiresAt == nil || s.ExpiresAt.After(now) }

// is compares in constant time. A secret that was sealed under a root key which is not given is none.
func (s ClientSecret) is(keys *Keyring, secret string) bool {
	if s.Sealed == nil {
		return keys.Verify(PurposeClientSecret, []byte(secret), s.Digest)
	}
	stored, err := s.open(keys)
	return err == nil && subtle.ConstantTimeCompare(stored, []byte(secret)) == 1
}

func (s ClientSecret) open(keys *Keyring) ([]byte, error) {
	return keys.Open(PurposeClientSecret, s.Sealed, s.ID.String())
}

func (s ClientSecret) seal(keys *Keyring, secret []byte) ClientSecret {
	s.Sealed = keys.Seal(PurposeClientSecret, secret, s.ID.String())
	return s
}

// UsesSecret reports whether the client authenticates with a secret.
func (c Client) UsesSecret() bool {
	return c.Metadata.TokenEndpointAuthMethod.sendsSecret() || c.signsWithSecret()
}

func (c Client) signsWithSecret() bool {
	return c.Metadata.TokenEndpointAuthMethod == AuthClientSecretJWT
}

// LeastSecret is how many bytes a secret of the client has at least.
func (c Client) LeastSecret() int {
	if c.signsWithSecret() {
		return minSigningSecret
	}
	return minSecret
}

// MakeSecret makes a secret for the client.
func (c Client) MakeSecret(source Source) string {
	secret := source.NewSecret()
	for len(secret) < c.LeastSecret() {
		secret += source.NewSecret()
	}
	return secret
}

// NewSecret returns a secret of the client as it is stored.
func (c Client) NewSecret(keys *Keyring, source Source, secret string) ClientSecret {
	s := ClientSecret{ID: source.NewID(), CreatedAt: source.Now()}
	if c.signsWithSecret() {
		return s.seal(keys, []byte(secret))
	}
	s.Digest = keys.Digest(PurposeClientSecret, secret)
	return s
}

// FittingSecrets returns those that the client can still authenticate with after its method has changed. A digest is not what it was
// made of, and nothing stays sealed that need not be.
func (c Client) FittingSecrets() []ClientSecret {
	if !c.UsesSecret() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Secrets), func(s ClientSecret) bool { return (s.Sealed != nil) != c.signsWithSecret() })
}

// HasSecret compares a secret in constant time with the live ones of the client. A client that was not found (the zero
// Client) costs the same time.
func (c Client) HasSecret(keys *Keyring, secret string, now time.Time) bool {
	ok := false
	secrets := c.Secrets
	if len(secrets) == 0 {
		secrets = []ClientSecret{{Digest: make([]byte, 32)}}
	}
	for _, stored := range secrets {
		match := stored.is(keys, secret)
		ok = ok || match && stored.Live(now)
	}
	return ok
}

// signingSecrets are the live secrets of a client that signs with them.
func (c Client) signingSecrets(keys *Keyring, now time.Time) [][]byte {
	var secrets [][]byte
	for _, stored := range c.Secrets {
		if secret, err := stored.open(keys); err == nil && stored.Live(now) {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

// resealSecrets seals under the current root key what is sealed under a former one, and reports whether there was any.
func (c Client) resealSecrets(keys *Keyring, done *Resealed) (changed bool) {
	for i, stored := range c.Secrets {
		if keys.SealedUnderCurrent(PurposeClientSecret, stored.Sealed, stored.ID.String()) {
			continue
		}
		secret, err := stored.open(keys)
		if err != nil {
			done.Unreadable++
			continue
		}
		c.Secrets[i], changed = stored.seal(keys, secret), true
	}
	return changed
}

// SecretIDs names the secrets of the client for the trail.
func (c Client) SecretIDs() []string {
	ids := make([]string, len(c.Secrets))
	for i, secret := range c.Secrets {
		ids[i] = secret.ID.String()
	}
	return ids
}
