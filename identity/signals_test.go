package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// withStream returns a fixture with shared signals, a user who has signed in to a client, and the stream of that.
func withStream(t *testing.T) (f *fixture, user identity.User, b identity.BrowserSession, stream identity.EventStream) {
	t.Helper()
	f = newFixture(t, func(s *identity.Settings) { s.SharedSignals = true }).withKeys(t)
	f.deps.Store = identity.WithSignals(f.deps)
	f.Domain = identity.New(f.deps)
	f.admin = admin.New(f.deps, f.Domain.SigningKeys)
	app := f.client(t, "app")
	user = f.user(t, "alice")
	b = f.signIn(t, user)
	f.redeem(t, app, b, "openid")
	events := identity.EventTypes()
	stream, err := f.EventStreams.Create(f.ctx, app, identity.EventStreamChange{EventsRequested: &events})
	noError(t, err)
	return f, user, b, stream
}

// signalled is what an event says.
type signalled struct {
	Type       string
	Credential string            `json:"credential_type"`
	Change     string            `json:"change_type"`
	Initiator  string            `json:"initiating_entity"`
	Reason     map[string]string `json:"reason_admin"`
	At         int64             `json:"event_timestamp"`
}

// heard returns what waits in a stream, and empties it.
func (f *fixture) heard(t *testing.T, stream identity.EventStream) (list []signalled) {
	t.Helper()
	events, err := f.store.SecurityEvents(f.ctx, stream.ID, 100)
	noError(t, err)
	for _, e := range events {
		s := signalled{Type: e.Type}
		noError(t, json.Unmarshal(e.Event, &s))
		if s.At != f.Now().Unix() || s.Reason["en"] == "" {
			t.Errorf("%+v", s)
		}
		list = append(list, s)
	}
	noError(t, f.store.ClearEventStream(f.ctx, stream.ID))
	return list
}

// TestWhoHasChangedACredential: each event of the trail that changes one is a signal, with what has changed and who has done it.
func TestWhoHasChangedACredential(t *testing.T) {
	t.Parallel()
	f, user, _, stream := withStream(t)
	operator := identity.ActorFrom(f.ctx)
	self := identity.Actor{Kind: identity.ActorUser, UserID: user.ID, Name: "alice"}
	other := identity.Actor{Kind: identity.ActorUser, UserID: uuid.New(), Name: "root", Admin: true}
	service := identity.Actor{Kind: identity.ActorClient, ClientID: uuid.New(), Name: "robot", Admin: true}
	password := map[string]identity.Change{"password": {}}
	for name, c := range map[string]struct {
		by         identity.Actor
		action     identity.Action
		changes    map[string]identity.Change
		credential string
		change     string
		initiator  string
	}{
		"a new password":                 {self, identity.ActionPasswordChanged, nil, "password", "update", "user"},
		"a temporary password":           {other, identity.ActionPasswordReset, nil, "password", "update", "admin"},
		"a recovery":                     {identity.Actor{Kind: identity.ActorAnonymous}, identity.ActionRecoveryCompleted, nil, "password", "update", "user"},
		"a password by an administrator": {service, identity.ActionUserUpdated, password, "password", "update", "admin"},
		"a password by a command":        {operator, identity.ActionUserUpdated, password, "password", "update", "system"},
		"a name by an administrator":     {other, identity.ActionUserUpdated, map[string]identity.Change{"name": {}}, "", "", ""},
		"an app":                         {self, identity.ActionTOTPAdded, nil, "app", "create", "user"},
		"no app":                         {self, identity.ActionTOTPRemoved, nil, "app", "delete", "user"},
		"no app by an administrator":     {other, identity.ActionTOTPRemoved, nil, "app", "revoke", "admin"},
		"a passkey":                      {self, identity.ActionPasskeyAdded, nil, "fido2-platform", "create", "user"},
		"no passkey":                     {self, identity.ActionPasskeyRemoved, nil, "fido2-platform", "delete", "user"},
		"no passkey by an administrator": {service, identity.ActionPasskeyRemoved, nil, "fido2-platform", "revoke", "admin"},
		"a security key":                 {self, identity.ActionSecurityKeyAdded, nil, "fido2-roaming", "create", "user"},
		"no security key by a command":   {operator, identity.ActionSecurityKeyRemoved, nil, "fido2-roaming", "revoke", "system"},
		"what is no change":              {self, identity.ActionSignedIn, nil, "", "", ""},
	} {
		ctx := identity.WithActor(f.ctx, c.by)
		event := identity.NewEvent(ctx, f.deps.Source, c.action, identity.TargetUser, user.ID.String(), "alice")
		event.Changes = c.changes
		noError(t, f.deps.Store.InsertAudit(ctx, event))
		got := f.heard(t, stream)
		if c.credential == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Type != identity.EventCredentialChange || got[0].Credential != c.credential || got[0].Change != c.change ||
			got[0].Initiator != c.initiator {
			t.Errorf("%s: %+v", name, got)
		}
		refused := event.Failed("refused")
		refused.ID = f.deps.Source.NewID()
		noError(t, f.deps.Store.InsertAudit(ctx, refused))
		if got := f.heard(t, stream); len(got) != 0 {
			t.Errorf("%s, refused: %+v", name, got)
		}
	}
}

// TestEachEndOfASessionIsASignal, once, to the client that took part in it.
func TestEachEndOfASessionIsASignal(t *testing.T) {
	t.Parallel()
	f, user, b, stream := withStream(t)
	app, err := f.store.ClientByID(f.ctx, stream.ClientID)
	noError(t, err)
	self := identity.Actor{Kind: identity.ActorUser, UserID: user.ID, Name: "alice"}
	other := identity.Actor{Kind: identity.ActorUser, UserID: uuid.New(), Name: "root", Admin: true}
	nobody := identity.Actor{Kind: identity.ActorAnonymous}
	end := func(by identity.Actor, reason identity.EndReason) {
		t.Helper()
		ctx := identity.WithActor(f.ctx, by)
		noError(t, f.deps.Store.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
			_, _, err := identity.TerminateSessions(ctx, tx, f.deps.Source, reason, b.Session.ID)
			return err
		}))
	}
	for _, c := range []struct {
		by        identity.Actor
		reason    identity.EndReason
		initiator string
	}{
		{nobody, identity.EndLogout, "user"},
		{self, identity.EndPasswordChanged, "user"},
		{other, identity.EndRevoked, "admin"},
		{nobody, identity.EndPasswordReset, "admin"},
		{self, identity.EndRevoked, "user"},
		{identity.ActorFrom(f.ctx), identity.EndRevoked, "system"},
		{nobody, identity.EndSurplus, "policy"},
		{self, identity.EndPasswordGuessed, "policy"},
	} {
		end(c.by, c.reason)
		got := f.heard(t, stream)
		if len(got) != 1 || got[0].Type != identity.EventSessionRevoked || got[0].Initiator != c.initiator || got[0].Credential != "" ||
			got[0].Reason["en"] != "The session has ended: "+string(c.reason)+"." {
			t.Errorf("%s: %+v", c.reason, got)
		}
		end(c.by, c.reason)
		if got := f.heard(t, stream); len(got) != 0 {
			t.Errorf("%s, again: %+v", c.reason, got)
		}
		b = f.signIn(t, user)
		f.redeem(t, app, b, "openid")
	}
	// A session in which the client took no part is none of its concern.
	b = f.signIn(t, user)
	end(self, identity.EndLogout)
	if got := f.heard(t, stream); len(got) != 0 {
		t.Errorf("of another session: %+v", got)
	}
}

// TestASignalIsPartOfTheChange: what is rolled back was never said, and a stream hears what its receiver has asked for.
func TestASignalIsPartOfTheChange(t *testing.T) {
	t.Parallel()
	f, user, _, stream := withStream(t)
	change := func(fault error) error {
		return f.deps.Store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			event := identity.NewEvent(ctx, f.deps.Source, identity.ActionPasswordChanged, identity.TargetUser, user.ID.String(), "alice")
			if err := tx.InsertAudit(ctx, event); err != nil {
				return err
			}
			return fault
		})
	}
	if err := change(errors.ErrUnsupported); !errors.Is(err, errors.ErrUnsupported) {
		t.Fatal(err)
	}
	if got := f.heard(t, stream); len(got) != 0 {
		t.Errorf("rolled back: %+v", got)
	}
	noError(t, change(nil))
	if got := f.heard(t, stream); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	stream.EventsRequested = []string{identity.EventSessionRevoked}
	noError(t, f.store.UpdateEventStream(f.ctx, stream))
	noError(t, change(nil))
	if got := f.heard(t, stream); len(got) != 0 {
		t.Errorf("not asked for: %+v", got)
	}
}

// TestAStreamIsResumed where an event waits and no job is there for it, as when the job has looked for the last time before.
func TestAStreamIsResumed(t *testing.T) {
	t.Parallel()
	f, user, _, stream := withStream(t)
	stream.Method, stream.EndpointURL = identity.PushDelivery, "https://receiver.example.org/events"
	noError(t, f.store.UpdateEventStream(f.ctx, stream))
	noError(t, f.store.InsertSecurityEvents(f.ctx, 1, identity.SecurityEvent{
		ID: f.deps.Source.NewID(), StreamID: stream.ID, UserID: user.ID, Type: identity.EventSessionRevoked, Event: json.RawMessage(`{}`), CreatedAt: f.Now(),
	}))
	noError(t, f.Jobs.EnsureRecurring(f.ctx))
	waiting := func() bool {
		t.Helper()
		_, found, err := f.Jobs.Claim(f.ctx, []string{"signals.push"}, nil)
		noError(t, err)
		return found
	}
	if waiting() {
		t.Fatal("there is a job")
	}
	f.advance(identity.MinVerificationInterval)
	job, found, err := f.Jobs.Claim(f.ctx, []string{"signals.resume"}, nil)
	if err != nil || !found {
		t.Fatal("nobody looks", err)
	}
	_, err = f.Jobs.Run(f.ctx, job)
	noError(t, err)
	if !waiting() {
		t.Error("the event waits for ever")
	}
}
