package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// signal is a row of the table that says which events of the trail receivers hear of as a change of a credential (CAEP 1.0 §3.3).
type signal struct {
	action     Action
	of         string // the field that must have changed; "" = it matters whatever has
	credential string // credential_type (§3.3.1)
	change     string // change_type, as the user makes it
	reason     string // reason_admin
}

// The values of change_type (CAEP 1.0 §3.3.1). What an administrator deletes is revoked.
const (
	changeCreate = "create"
	changeUpdate = "update"
	changeDelete = "delete"
	changeRevoke = "revoke"
)

// The values of credential_type (CAEP 1.0 §3.3.1). A passkey is said to be of a platform, and what is asked for as a second factor alone to
// be a key that is carried around: authenticators do not tell for sure.
const (
	credentialPassword    = "password"
	credentialApp         = "app"
	credentialPasskey     = "fido2-platform"
	credentialSecurityKey = "fido2-roaming"
)

// signals are those events. The target of each is the user.
var signals = []signal{
	{action: ActionPasswordChanged, credential: credentialPassword, change: changeUpdate, reason: "The password was changed."},
	{action: ActionPasswordReset, credential: credentialPassword, change: changeUpdate, reason: "The password was reset."},
	{action: ActionRecoveryCompleted, credential: credentialPassword, change: changeUpdate, reason: "The password was replaced by recovery."},
	{action: ActionUserUpdated, of: "password", credential: credentialPassword, change: changeUpdate, reason: "The password was replaced."},
	{action: ActionTOTPAdded, credential: credentialApp, change: changeCreate, reason: "An authenticator app was added."},
	{action: ActionTOTPRemoved, credential: credentialApp, change: changeDelete, reason: "The authenticator app was removed."},
	{action: ActionPasskeyAdded, credential: credentialPasskey, change: changeCreate, reason: "A passkey was added."},
	{action: ActionPasskeyRemoved, credential: credentialPasskey, change: changeDelete, reason: "A passkey was removed."},
	{action: ActionSecurityKeyAdded, credential: credentialSecurityKey, change: changeCreate, reason: "A security key was added."},
	{action: ActionSecurityKeyRemoved, credential: credentialSecurityKey, change: changeDelete, reason: "A security key was removed."},
}

// The values of initiating_entity (CAEP 1.0 §2).
const (
	byAdmin  = "admin"
	byUser   = "user"
	byPolicy = "policy"
	bySystem = "system"
)

// caepEvent is what the events of CAEP 1.0 have (§2), and those of a credential besides (§3.3.1).
type caepEvent struct {
	CredentialType string            `json:"credential_type,omitempty"`
	ChangeType     string            `json:"change_type,omitempty"`
	Initiator      string            `json:"initiating_entity"`
	ReasonAdmin    map[string]string `json:"reason_admin"` // by language
	At             int64             `json:"event_timestamp"`
}

// signalStore writes with each change of which receivers hear what they hear, in the same transaction.
type signalStore struct {
	Store
	source Source
	change uuid.UUID // that is made in the transaction; zero outside of one
}

// WithSignals returns the store with which event streams hear of what happens, or the store itself without shared signals.
func WithSignals(d Deps) Store {
	if !d.Settings.Get().SharedSignals {
		return d.Store
	}
	return signalStore{Store: d.Store, source: d.Source}
}

// InTx implements Transactor.
func (s signalStore) InTx(ctx context.Context, fn func(ctx context.Context, tx Store) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		return fn(ctx, signalStore{Store: tx, source: s.source, change: s.source.NewID()})
	})
}

// EndSessions implements SessionStore. Whom the end of a session concerns is told by its grants, which end after it.
func (s signalStore) EndSessions(
	ctx context.Context, sel SessionSelection, at time.Time, reason EndReason,
) (ended []uuid.UUID, err error) {
	if s.change == uuid.Nil {
		err = s.InTx(ctx, func(ctx context.Context, tx Store) error {
			ended, err = tx.EndSessions(ctx, sel, at, reason)
			return err
		})
		return ended, err
	}
	if ended, err = s.Store.EndSessions(ctx, sel, at, reason); err != nil || len(ended) == 0 {
		return ended, err
	}
	return ended, s.sessionsRevoked(ctx, ended, at, reason)
}

// sessionsRevoked lets the clients hear that took part in sessions (CAEP 1.0 §3.1).
func (s signalStore) sessionsRevoked(ctx context.Context, sessions []uuid.UUID, at time.Time, reason EndReason) error {
	pairs, err := s.SessionClients(ctx, sessions)
	if err != nil {
		return err
	}
	streams := map[uuid.UUID]map[uuid.UUID]EventStream{} // of a user, by client
	var out outbox
	for _, pair := range pairs {
		if _, read := streams[pair.UserID]; !read {
			if streams[pair.UserID], err = s.about(ctx, pair.UserID); err != nil {
				return err
			}
		}
		stream, found := streams[pair.UserID][pair.ClientID]
		if !found {
			continue
		}
		err := out.add(s, stream, SecurityEvent{UserID: pair.UserID, SessionID: pair.SessionID, Type: EventSessionRevoked}, caepEvent{
			Initiator: endedBy(ActorFrom(ctx), pair.UserID, reason), At: at.Unix(),
			ReasonAdmin: map[string]string{"en": "The session has ended: " + string(reason) + "."},
		})
		if err != nil {
			return err
		}
	}
	return out.write(ctx, s.Store, s.source)
}

// endedBy says who has ended a session of a user.
func endedBy(a Actor, user uuid.UUID, reason EndReason) string {
	switch reason { //nolint:exhaustive // the others are told by who acts
	case EndPasswordReset, EndDeactivated, EndDemoted, EndProvider:
		return byAdmin
	case EndPasswordGuessed, EndSurplus, EndCodeReplayed, EndRefreshReused:
		return byPolicy
	}
	return initiator(a.Kind, a.Kind == ActorUser && a.UserID == user)
}

// initiator says who acts. On the pages where people prove who they are nobody is known before.
func initiator(kind ActorKind, self bool) string {
	switch {
	case self, kind == ActorAnonymous:
		return byUser
	case kind == ActorSystem:
		return bySystem
	}
	return byAdmin
}

// InsertAudit implements AuditStore.
func (s signalStore) InsertAudit(ctx context.Context, events ...AuditEvent) error {
	if !signalled(events) {
		return s.Store.InsertAudit(ctx, events...)
	}
	if s.change == uuid.Nil {
		return s.InTx(ctx, func(ctx context.Context, tx Store) error { return tx.InsertAudit(ctx, events...) })
	}
	if err := s.Store.InsertAudit(ctx, events...); err != nil {
		return err
	}
	var out outbox
	for _, e := range events {
		list := signalsOf(e)
		if len(list) == 0 {
			continue
		}
		user, err := uuid.Parse(e.TargetID)
		if err != nil {
			return fmt.Errorf("user of event %s: %w", e.Action, err)
		}
		streams, err := s.about(ctx, user)
		if err != nil {
			return err
		}
		for _, stream := range streams {
			for _, signal := range list {
				event := SecurityEvent{UserID: user, Type: EventCredentialChange}
				if err := out.add(s, stream, event, signal.event(e)); err != nil {
					return err
				}
			}
		}
	}
	return out.write(ctx, s.Store, s.source)
}

func signalled(events []AuditEvent) bool {
	for _, e := range events {
		if len(signalsOf(e)) > 0 {
			return true
		}
	}
	return false
}

// signalsOf returns what receivers hear of an event of the trail.
func signalsOf(e AuditEvent) (list []signal) {
	if e.Outcome != OutcomeSuccess || e.Target != TargetUser {
		return nil
	}
	for _, g := range signals {
		if _, changed := e.Changes[g.of]; g.action == e.Action && (g.of == "" || changed) {
			list = append(list, g)
		}
	}
	return list
}

func (g signal) event(e AuditEvent) caepEvent {
	out := caepEvent{
		CredentialType: g.credential, ChangeType: g.change, Initiator: initiator(e.ActorKind, e.ActorID == e.TargetID),
		ReasonAdmin: map[string]string{"en": g.reason}, At: e.OccurredAt.Unix(),
	}
	if out.ChangeType == changeDelete && out.Initiator != byUser {
		out.ChangeType = changeRevoke
	}
	return out
}

// about returns the streams in which a user is, by client.
func (s signalStore) about(ctx context.Context, user uuid.UUID) (map[uuid.UUID]EventStream, error) {
	list, err := s.EventStreamsAbout(ctx, user)
	if err != nil {
		return nil, err
	}
	byClient := make(map[uuid.UUID]EventStream, len(list))
	for _, stream := range list {
		byClient[stream.ClientID] = stream
	}
	return byClient, nil
}

// txn names a change in one stream: the same of two streams would tell two sectors that they have the same person.
func txn(change, stream uuid.UUID) string { return uuid.NewSHA1(change, stream[:]).String() }

// outbox is what is to be sent in streams.
type outbox struct {
	streams []EventStream
	events  []SecurityEvent
}

// add puts an event in a stream whose receiver wants such.
func (o *outbox) add(s signalStore, stream EventStream, e SecurityEvent, content caepEvent) error {
	if !membership(stream.Delivered())(e.Type) {
		return nil
	}
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("security event: %w", err)
	}
	e.ID, e.StreamID, e.Event, e.Txn, e.CreatedAt = s.source.NewID(), stream.ID, text, txn(s.change, stream.ID), s.source.Now()
	o.put(stream, e)
	return nil
}

func (o *outbox) put(stream EventStream, e SecurityEvent) {
	o.streams, o.events = append(o.streams, stream), append(o.events, e)
}

// write stores the events with the jobs that send them, inside tx.
func (o *outbox) write(ctx context.Context, tx Store, source Source) error {
	if len(o.events) == 0 {
		return nil
	}
	if err := tx.InsertSecurityEvents(ctx, MaxStreamEvents, o.events...); err != nil {
		return err
	}
	return enqueuePushes(ctx, tx, source, o.streams...)
}
