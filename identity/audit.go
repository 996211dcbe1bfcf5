package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Action names what an audit event is about, as noun.verb.
type Action string

// The actions. One constant for each event that Authly writes.
const (
	ActionUserCreated           Action = "user.created"
	ActionUserUpdated           Action = "user.updated"
	ActionUserDeleted           Action = "user.deleted"
	ActionUserDeletedBySelf     Action = "user.deleted_by_self"
	ActionUserUnlocked          Action = "user.unlocked"
	ActionPasswordReset         Action = "user.password_reset"
	ActionTOTPAdded             Action = "totp.added"
	ActionTOTPRemoved           Action = "totp.removed"
	ActionPasskeyAdded          Action = "passkey.added"
	ActionPasskeyRenamed        Action = "passkey.renamed"
	ActionPasskeyRemoved        Action = "passkey.removed"
	ActionPasskeyCloneSuspected Action = "passkey.clone_suspected"
	ActionPasskeyBackupChanged  Action = "passkey.backup_changed"

	ActionSecurityKeyAdded          Action = "security_key.added"
	ActionSecurityKeyRenamed        Action = "security_key.renamed"
	ActionSecondStepOn              Action = "second_step.switched_on"
	ActionSecondStepOff             Action = "second_step.switched_off"
	ActionSecurityKeyRemoved        Action = "security_key.removed"
	ActionSecurityKeyCloneSuspected Action = "security_key.clone_suspected"
	ActionSecurityKeyBackupChanged  Action = "security_key.backup_changed"
	ActionRecoveryCodesCreated      Action = "recovery_codes.created"
	ActionRecoveryCodeUsed          Action = "recovery_codes.used"
	ActionSignInCodeSent            Action = "session.code_sent"
	ActionBrowserProven             Action = "browser.proven"
	ActionBrowserTrusted            Action = "browser.trusted"
	ActionBrowsersForgotten         Action = "browser.forgotten"
	ActionSecondFactorFailed        Action = "session.second_factor_failed"
	ActionSessionRaised             Action = "session.raised"
	ActionPasswordChanged           Action = "user.password_changed"
	ActionRecoveryRequested         Action = "recovery.requested"
	ActionRecoveryCompleted         Action = "recovery.completed"
	ActionVerificationSent          Action = "email.verification_sent"
	ActionAddressVerified           Action = "email.verified"
	ActionRegistrationStarted       Action = "registration.started"
	ActionRegistrationCompleted     Action = "registration.completed"
	ActionInvitationCreated         Action = "invitation.created"
	ActionInvitationRevoked         Action = "invitation.revoked"
	ActionMailRetried               Action = "mail.retried"
	ActionMailTested                Action = "mail.tested"
	ActionRecoveryLinkCreated       Action = "recovery.link_created"
	ActionRecoveryCodesRemoved      Action = "recovery_codes.removed"
	ActionAddressRequested          Action = "email.change_requested"
	ActionAddressCancelled          Action = "email.change_cancelled"
	ActionAddressChanged            Action = "email.changed"
	ActionAddressUndone             Action = "email.change_undone"
	ActionIdentityLinked            Action = "identity.linked"
	ActionIdentityUnlinked          Action = "identity.unlinked"
	ActionIdentityRefused           Action = "identity.refused"
	ActionProviderCreated           Action = "provider.created"
	ActionProviderUpdated           Action = "provider.updated"
	ActionProviderDeleted           Action = "provider.deleted"
	ActionProviderDisabled          Action = "provider.disabled"
	ActionSignedIn                  Action = "session.started"
	ActionSignInFailed              Action = "session.start_failed"
	ActionAccountLocked             Action = "user.locked"                  // by servers of before
	ActionThrottleEngaged           Action = "throttle.engaged"             // a limit was reached, once an episode; the reason says which
	ActionClientRefused             Action = "client.authentication_failed" // once an episode, as the next
	ActionAdminRefused              Action = "administration.refused"
	ActionSessionsEnded             Action = "session.ended"
	ActionClientCreated             Action = "client.created"
	ActionClientUpdated             Action = "client.updated"
	ActionClientDeleted             Action = "client.deleted"
	ActionInitialAccessCreated      Action = "initial_access_token.created"
	ActionInitialAccessDeleted      Action = "initial_access_token.deleted"
	ActionScopeSaved                Action = "scope.saved"
	ActionScopeDeleted              Action = "scope.deleted"
	ActionResourceSaved             Action = "resource.saved"
	ActionResourceDeleted           Action = "resource.deleted"
	ActionDetailTypeSaved           Action = "authorization_detail_type.saved"
	ActionDetailTypeDeleted         Action = "authorization_detail_type.deleted"
	ActionGroupCreated              Action = "group.created"
	ActionGroupUpdated              Action = "group.updated"
	ActionGroupDeleted              Action = "group.deleted"
	ActionGroupMemberAdded          Action = "group.member_added"
	ActionGroupMemberRemoved        Action = "group.member_removed"
	ActionRoleCreated               Action = "role.created"
	ActionRoleUpdated               Action = "role.updated"
	ActionRoleDeleted               Action = "role.deleted"
	ActionRoleAssigned              Action = "role.assigned"
	ActionRoleUnassigned            Action = "role.unassigned"
	ActionAttributeCreated          Action = "attribute.created"
	ActionAttributeUpdated          Action = "attribute.updated"
	ActionAttributeDeleted          Action = "attribute.deleted"
	ActionSettingsUpdated           Action = "settings.updated"
	ActionBrandingUpdated           Action = "branding.updated"
	ActionTermsAccepted             Action = "terms.accepted"
	ActionTermsDenied               Action = "terms.denied"
	ActionConsentGranted            Action = "consent.granted"
	ActionConsentDenied             Action = "consent.denied"
	ActionConsentRevoked            Action = "consent.revoked"
	ActionBackchannelAsked          Action = "backchannel.asked"
	ActionAssertionGrant            Action = "grant.by_assertion"
	ActionTrustedCreated            Action = "trusted_issuer.created"
	ActionTrustedUpdated            Action = "trusted_issuer.updated"
	ActionTrustedDeleted            Action = "trusted_issuer.deleted"
	ActionPasswordGrant             Action = "grant.by_password"
	ActionGrantEnded                Action = "grant.ended"
	ActionCodeReplayed              Action = "grant.code_replayed"
	ActionRefreshReused             Action = "grant.refresh_reused"
	ActionTokenRevoked              Action = "token.revoked"
	ActionProfileUpdated            Action = "user.profile_updated"
	ActionDataExported              Action = "profile.exported"
	ActionKeyCreated                Action = "key.created"
	ActionKeyActivated              Action = "key.activated"
	ActionKeyRetired                Action = "key.retired"
	ActionKeyImported               Action = "key.imported"
	ActionKeyRemoved                Action = "key.removed"
	ActionKeyResealed               Action = "key.resealed"
	ActionLogoutUndeliverable       Action = "logout.undeliverable"
	ActionEventStreamCreated        Action = "event_stream.created"
	ActionEventStreamUpdated        Action = "event_stream.updated"
	ActionEventStreamDeleted        Action = "event_stream.deleted"
	ActionSecurityEventRefused      Action = "security_event.refused"
	ActionJobCreated                Action = "job.created"
	ActionJobStarted                Action = "job.started"
	ActionJobPaused                 Action = "job.paused"
	ActionJobResumed                Action = "job.resumed"
	ActionJobCancelled              Action = "job.cancelled"
	ActionJobFinished               Action = "job.finished"
	ActionJobDownloaded             Action = "job.downloaded"
	ActionMailFailed                Action = "mail.failed"
)

// Outcome reports whether the action was carried out.
type Outcome string

// The outcomes.
const (
	OutcomeSuccess Outcome = "success"
	OutcomeFailure Outcome = "failure"
)

// TargetKind names the sort of thing an event is about.
type TargetKind string

// The kinds of target.
const (
	TargetUser     TargetKind = "user"
	TargetSession  TargetKind = "session"
	TargetClient   TargetKind = "client"
	TargetScope    TargetKind = "scope"
	TargetResource TargetKind = "resource"
	TargetGrant    TargetKind = "grant"
	TargetKey      TargetKind = "key"
	TargetGroup    TargetKind = "group"
	TargetRole     TargetKind = "role"
	TargetJob      TargetKind = "job"

	TargetAttribute TargetKind = "attribute"
	TargetProvider  TargetKind = "provider"
	TargetTrusted   TargetKind = "trusted_issuer"
	TargetSettings  TargetKind = "settings" // all together; it has neither an id nor a name
	TargetDetails   TargetKind = "authorization_detail_type"
	TargetBranding  TargetKind = "branding" // the same
)

// Change is one field before and after. Secrets never appear: a changed password is {"password": changed} without
// values.
type Change struct {
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

// AuditEvent is one entry of the append-only trail.
type AuditEvent struct {
	ID         uuid.UUID
	OccurredAt time.Time
	ActorKind  ActorKind
	ActorID    string // user id, client id, or empty
	ActorName  string
	ClientID   *uuid.UUID // the client through which it was done
	Action     Action
	Target     TargetKind
	TargetID   string
	TargetName string
	Outcome    Outcome
	Reason     string // short machine-readable reason of a failure or an end
	IP         string
	UserAgent  string
	RequestID  string
	Changes    map[string]Change
}

// NewEvent returns an event with in who, when and from where.
func NewEvent(ctx context.Context, source Source, action Action, target TargetKind, id, name string) AuditEvent {
	actor := ActorFrom(ctx)
	event := AuditEvent{
		ID: source.NewID(), OccurredAt: source.Now(), ActorKind: actor.Kind, ActorName: actor.Name, Action: action,
		Target: target, TargetID: id, TargetName: name, Outcome: OutcomeSuccess, IP: actor.IP,
		UserAgent: actor.UserAgent, RequestID: actor.RequestID,
	}
	if actor.Kind == ActorUser {
		event.ActorID = actor.UserID.String()
	}
	if actor.ClientID != uuid.Nil {
		event.ClientID = &actor.ClientID
		if actor.Kind == ActorClient {
			event.ActorID = actor.ClientID.String()
		}
	}
	return event
}

// By names the user as the actor: on the pages nobody is identified before the event.
func (e AuditEvent) By(u User) AuditEvent {
	e.ActorKind, e.ActorID, e.ActorName = ActorUser, u.ID.String(), u.Username
	return e
}

// Failed marks an event as a refusal.
func (e AuditEvent) Failed(reason string) AuditEvent {
	e.Outcome, e.Reason = OutcomeFailure, reason
	return e
}

// AuditFilter selects audit events. Set conditions must all hold.
type AuditFilter struct {
	OccurredAt *TimeMatch
	UserID     uuid.UUID // who acts or to whom it is done
	ActorID    string
	ActorName  string
	ClientID   uuid.UUID
	Actions    []Action // any of them
	Target     TargetKind
	TargetID   string
	Outcome    Outcome
	IP         string
	RequestID  string
}

// AuditQuery is what a store is asked for; newest first unless Ascending.
type AuditQuery struct {
	Filter    AuditFilter
	Ascending bool
	Range     KeysetRange
}

// ActionDay is how often an action occurred on a day.
type ActionDay struct {
	Day    time.Time // midnight UTC
	Action Action
	Count  int
}
