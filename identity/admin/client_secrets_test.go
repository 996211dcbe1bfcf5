package admin_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// secretClient registers the client "app" and returns it with its secret and a function that reports whether a secret works.
func (f *fixture) secretClient(t *testing.T) (identity.Client, string, func(string) bool) {
	t.Helper()
	var m identity.ClientMetadata
	m.RedirectURIs = []string{callback}
	client, secret, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Metadata: m})
	noError(t, err)
	return client, secret, func(secret string) bool {
		found, err := f.ClientAuth.Find(f.ctx, "app")
		noError(t, err)
		return f.ClientAuth.ProveSecret(found, secret)
	}
}

func (f *fixture) noneInTheTrail(t *testing.T, secrets ...string) {
	t.Helper()
	text := f.auditText(t)
	if slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(text, secret) }) {
		t.Error("the trail has a secret")
	}
}

func TestRotateSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client, first, works := f.secretClient(t)
	second, err := f.admin.Clients.RotateSecret(f.ctx, client.ID, time.Hour)
	noError(t, err)
	got := second.Client
	wantSame(t, []any{len(got.Secrets), got.Version, works(first), works(second.Value)}, []any{2, 2, true, true})
	third, err := f.admin.Clients.RotateSecret(f.ctx, client.ID, time.Minute)
	noError(t, err)
	got = third.Client
	wantSame(t, []any{len(got.Secrets), works(first), works(second.Value), works(third.Value)}, []any{2, false, true, true})
	f.advance(time.Minute)
	wantSame(t, []bool{works(second.Value), works(third.Value)}, []bool{false, true})
	fourth, err := f.admin.Clients.RotateSecret(f.ctx, client.ID, 0)
	noError(t, err)
	wantSame(t, []bool{works(third.Value), works(fourth.Value)}, []bool{false, true})
	f.noneInTheTrail(t, first, second.Value, third.Value, fourth.Value)
	public := f.client(t, "public", func(m *clientFields) { m.TokenEndpointAuthMethod = identity.AuthNone })
	_, err = f.admin.Clients.RotateSecret(f.ctx, public.ID, 0)
	wantError(t, err, coded(identity.CodeClientConfig))
	_, err = f.admin.Clients.RotateSecret(f.ctx, uuid.New(), 0)
	wantError(t, err, identity.ErrClientNotFound)
	f.refusedWithout(t, identity.ScopeClientsWrite, func(ctx context.Context) error {
		_, err := f.admin.Clients.RotateSecret(ctx, client.ID, 0)
		return err
	})
}

// TestASecretThatHasExpiredIsNotTheOneThatWorksOn: the grace of a rotation is for a secret that works.
func TestASecretThatHasExpiredIsNotTheOneThatWorksOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client, first, works := f.secretClient(t)
	short, err := f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{ExpiresAt: new(f.Now().Add(time.Minute))})
	noError(t, err)
	f.advance(time.Minute)
	rotated, err := f.admin.Clients.RotateSecret(f.ctx, client.ID, time.Hour)
	noError(t, err)
	wantSame(t, []any{len(rotated.Client.Secrets), works(first), works(short.Value), works(rotated.Value)}, []any{2, true, false, true})
}

func TestSecretsAreAddedAndEnded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client, first, works := f.secretClient(t)
	chosen := strings.Repeat("c", 32)
	second, err := f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{Secret: chosen, ExpectedVersion: new(1)})
	noError(t, err)
	wantSame(t, []any{second.Value, works(first), works(chosen), second.Client.Version}, []any{"", true, true, 2})
	wantSame(t, second.Client.Secrets[0].ID, second.ID)

	_, err = f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{Secret: "short", ExpiresAt: new(f.Now())})
	var fields []string
	for _, e := range identity.AllErrors(err) {
		fields = append(fields, e.Field)
	}
	wantSame(t, fields, []string{"client_id", "client_secret", "expires_at"})
	wantError(t, err, coded(identity.CodeTooManySecrets))

	ended, err := f.admin.Clients.EndSecret(f.ctx, client.ID, client.Secrets[0].ID, new(2))
	noError(t, err)
	wantSame(t, []any{len(ended.Secrets), works(first), works(chosen)}, []any{1, false, true})
	_, err = f.admin.Clients.EndSecret(f.ctx, client.ID, client.Secrets[0].ID, nil)
	wantError(t, err, identity.ErrSecretNotFound)
	_, err = f.admin.Clients.EndSecret(f.ctx, client.ID, second.ID, nil)
	wantError(t, err, coded(identity.CodeLastSecret))
	_, err = f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{Secret: chosen})
	wantField(t, err, "client_secret")

	third, err := f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{ExpiresAt: new(f.Now().Add(time.Hour))})
	noError(t, err)
	f.advance(time.Hour)
	wantSame(t, []bool{works(chosen), works(third.Value)}, []bool{true, false})
	_, err = f.admin.Clients.EndSecret(f.ctx, client.ID, second.ID, nil)
	wantError(t, err, coded(identity.CodeLastSecret)) // the other has expired
	_, _, err = f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Active: new(false)}, nil)
	noError(t, err)
	ended, err = f.admin.Clients.EndSecret(f.ctx, client.ID, second.ID, nil)
	noError(t, err)
	wantSame(t, len(ended.Secrets), 0)
	f.noneInTheTrail(t, first, chosen, third.Value)

	for _, do := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := f.admin.Clients.AddSecret(ctx, client.ID, admin.NewSecret{})
			return err
		},
		func(ctx context.Context) error {
			_, err := f.admin.Clients.EndSecret(ctx, client.ID, third.ID, nil)
			return err
		},
	} {
		f.refusedWithout(t, identity.ScopeClientsWrite, do)
	}
	var conflict *identity.VersionConflictError
	if _, err := f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{ExpectedVersion: new(1)}); !errors.As(err, &conflict) {
		t.Errorf("got %v", err)
	}
	if _, err := f.admin.Clients.EndSecret(f.ctx, client.ID, third.ID, new(1)); !errors.As(err, &conflict) {
		t.Errorf("got %v", err)
	}
}

// TestTwoWhoEndSecretsAtOnceLeaveOne: each of two requests ends another of the two secrets of a client.
func TestTwoWhoEndSecretsAtOnceLeaveOne(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		client, _, _ := f.secretClient(t)
		for range 20 {
			added, err := f.admin.Clients.AddSecret(f.ctx, client.ID, admin.NewSecret{})
			noError(t, err)
			var wg sync.WaitGroup
			refused := make([]error, 2)
			for i, secret := range added.Client.Secrets {
				wg.Go(func() { _, refused[i] = f.admin.Clients.EndSecret(f.ctx, client.ID, secret.ID, nil) })
			}
			wg.Wait()
			after, err := f.admin.Clients.Get(f.ctx, client.ID)
			noError(t, err)
			if len(after.Secrets) != 1 || (refused[0] == nil) == (refused[1] == nil) {
				t.Fatalf("%d secrets are left: %v", len(after.Secrets), refused)
			}
		}
	})
}
