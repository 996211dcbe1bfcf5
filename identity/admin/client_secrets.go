package admin

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// maxLiveSecrets is how many secrets of a client work at once: enough to move an application from one to the other.
const maxLiveSecrets = 2

// The refusals of changes of secrets.
var (
	errUsesNoSecret = &identity.Error{
		Kind: identity.Invalid, Code: identity.CodeClientConfig, Field: "client_id",
		Detail: "The client does not authenticate with a secret.",
	}
	errTooManySecrets = &identity.Error{
		Kind: identity.Invalid, Code: identity.CodeTooManySecrets, Field: "client_id",
		Detail: fmt.Sprintf("Has %d secrets that work. End one of them first.", maxLiveSecrets),
	}
	errLastSecret = &identity.Error{
		Kind: identity.Invalid, Code: identity.CodeLastSecret, Field: "secret_id",
		Detail: "Is the only secret with which the client still authenticates. Add another one first, or deactivate the client.",
	}
)

// checkWithSecret names all fields of a client that are wrong, and what is wrong with the secret that is chosen for it.
func checkWithSecret(c identity.Client, secret string) error {
	var faults identity.Faults
	faults.Add(c.Check())
	if c.UsesSecret() {
		faults.Add(checkSecret(c, secret))
	} else {
		faults.Add(noSecret(c))
	}
	return faults.Err()
}

func checkSecret(c identity.Client, secret string) error {
	if least := c.LeastSecret(); len(secret) < least || len(secret) > identity.MaxText {
		return identity.InvalidField("client_secret", "Must have %d to %d characters.", least, identity.MaxText)
	}
	return identity.CheckText("client_secret", secret, identity.MaxText, false)
}

func noSecret(c identity.Client) error {
	return identity.InvalidField(
		"client_secret", "Must not be given for a client with token_endpoint_auth_method %s.", c.Metadata.TokenEndpointAuthMethod,
	)
}

// onlySecret reports whether the client already has exactly this secret.
func (s *Clients) onlySecret(c identity.Client, secret string) bool {
	return len(c.Secrets) == 1 && c.HasSecret(s.keys, secret, s.source.Now())
}

// NewSecret is a secret that is added to those of a client.
type NewSecret struct {
	Secret          string     // empty: made; else at least 32 characters
	ExpiresAt       *time.Time // nil: works until it is ended
	ExpectedVersion *int       // of the client; unless nil, must be the current one
}

// AddedSecret is what AddSecret and RotateSecret did.
type AddedSecret struct {
	Client identity.Client
	ID     uuid.UUID // of the secret
	Value  string    // of one that was made; it is shown once, and empty when an earlier call of the same Idempotency made it
}

// AddSecret gives a client another secret beside those that it has. At most two work at once. *VersionConflictError.
func (s *Clients) AddSecret(ctx context.Context, id uuid.UUID, n NewSecret) (AddedSecret, error) {
	made := ""
	done, err := s.changeSecrets(ctx, id, n.ExpectedVersion, func(c *identity.Client, now time.Time) (uuid.UUID, error) {
		if err := s.checkNewSecret(*c, n, now); err != nil {
			return uuid.Nil, err
		}
		value := n.Secret
		if value == "" {
			made = c.MakeSecret(s.source)
			value = made
		}
		added := c.NewSecret(s.keys, s.source, value)
		added.ExpiresAt = n.ExpiresAt
		c.Secrets = slices.Insert(c.Secrets, 0, added)
		return added.ID, nil
	})
	if err != nil {
		return AddedSecret{}, fmt.Errorf("add client secret: %w", err)
	}
	if done.replayed {
		made = ""
	}
	return AddedSecret{Client: done.client, ID: done.Secret, Value: made}, nil
}

// checkNewSecret names everything that is in the way of another secret of a client, whose secrets all work.
func (s *Clients) checkNewSecret(c identity.Client, n NewSecret, now time.Time) error {
	var faults identity.Faults
	if !c.UsesSecret() {
		faults.Add(errUsesNoSecret)
	} else if len(c.Secrets) >= maxLiveSecrets {
		faults.Add(errTooManySecrets)
	}
	if n.Secret != "" {
		faults.Add(checkSecret(c, n.Secret))
		if c.HasSecret(s.keys, n.Secret, now) {
			faults.Add(identity.InvalidField("client_secret", "Is a secret of the client already."))
		}
	}
	if n.ExpiresAt != nil && !n.ExpiresAt.After(now) {
		faults.Add(identity.InvalidField("expires_at", "Must be in the future."))
	}
	return faults.Err()
}

// RotateSecret returns a client a new secret, which is shown once. Of the present ones the newest works on for grace, so
// that the application can be moved; zero ends it at once. The secret is empty when an earlier call of the same Idempotency
// has made it.
func (s *Clients) RotateSecret(ctx context.Context, id uuid.UUID, grace time.Duration) (AddedSecret, error) {
	value := ""
	done, err := s.changeSecrets(ctx, id, nil, func(c *identity.Client, now time.Time) (uuid.UUID, error) {
		if !c.UsesSecret() {
			return uuid.Nil, errUsesNoSecret
		}
		value = c.MakeSecret(s.source)
		added := c.NewSecret(s.keys, s.source, value)
		secrets := []identity.ClientSecret{added}
		if ends := now.Add(grace); grace > 0 && len(c.Secrets) > 0 {
			old := c.Secrets[0]
			if old.ExpiresAt == nil || old.ExpiresAt.After(ends) {
				old.ExpiresAt = &ends
			}
			secrets = append(secrets, old)
		}
		c.Secrets = secrets
		return added.ID, nil
	})
	if err != nil {
		return AddedSecret{}, fmt.Errorf("rotate client secret: %w", err)
	}
	if done.replayed {
		value = ""
	}
	return AddedSecret{Client: done.client, ID: done.Secret, Value: value}, nil
}

// EndSecret ends a secret of a client at once. The last one that works stays while the client is active: an application
// is not shut out by a slip, and whoever means it deactivates the client. *VersionConflictError.
func (s *Clients) EndSecret(ctx context.Context, id, secret uuid.UUID, expectedVersion *int) (identity.Client, error) {
	done, err := s.changeSecrets(ctx, id, expectedVersion, func(c *identity.Client, _ time.Time) (uuid.UUID, error) {
		at := slices.IndexFunc(c.Secrets, func(have identity.ClientSecret) bool { return have.ID == secret })
		switch {
		case at < 0:
			return uuid.Nil, identity.ErrSecretNotFound
		case len(c.Secrets) == 1 && c.Active && c.UsesSecret():
			return uuid.Nil, errLastSecret
		}
		c.Secrets = slices.Delete(c.Secrets, at, at+1)
		return secret, nil
	})
	if err != nil {
		return identity.Client{}, fmt.Errorf("end client secret: %w", err)
	}
	return done.client, nil
}

// secretsChanged is what changeSecrets has done.
type secretsChanged struct {
	Secret   uuid.UUID // that the change is about; nothing else is stored for a replay
	client   identity.Client
	replayed bool
}

// changeSecrets changes the secrets of a client, of which change sees those that work, newest first. Those that have expired go.
func (s *Clients) changeSecrets(
	ctx context.Context, id uuid.UUID, expectedVersion *int, change func(c *identity.Client, now time.Time) (uuid.UUID, error),
) (secretsChanged, error) {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return secretsChanged{}, err
	}
	done, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (secretsChanged, error) {
		client, err := lockClient(ctx, tx, id)
		if err != nil {
			return secretsChanged{}, err
		}
		if err := atVersion(expectedVersion, client.Version); err != nil {
			return secretsChanged{}, err
		}
		now := s.source.Now()
		before := client.SecretIDs()
		client.Secrets = slices.DeleteFunc(client.Secrets, func(have identity.ClientSecret) bool { return !have.Live(now) })
		secret, err := change(&client, now)
		if err != nil {
			return secretsChanged{}, err
		}
		client.UpdatedAt = now
		if err := tx.UpdateClient(ctx, client); err != nil {
			return secretsChanged{}, err
		}
		client.Version++
		event := identity.NewEvent(ctx, s.source, identity.ActionClientUpdated, identity.TargetClient, client.ID.String(), client.ClientID)
		event.Changes = map[string]identity.Change{"client_secret": {Before: before, After: client.SecretIDs()}}
		return secretsChanged{Secret: secret, client: client}, tx.InsertAudit(ctx, event)
	})
	if err == nil && done.client.ID == uuid.Nil {
		done.replayed = true
		done.client, err = s.replayedClient(ctx, id)
	}
	return done, err
}
