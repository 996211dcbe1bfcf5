package identity

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Invitation lets whoever reads an address make an account, and puts them into groups then. By its link a registration begins;
// the code that shows whose mailbox it is follows as for everybody, in the browser that has opened the link.
type Invitation struct {
	ID        uuid.UUID
	Digest    []byte // keyed digest of the secret in the link
	Email     string
	GroupIDs  []uuid.UUID
	Actor     Actor // who invites, with the scopes that were presented
	CreatedAt time.Time
	ExpiresAt time.Time
}

// The bounds of an invitation.
const (
	ShortestInvitation  = time.Hour
	LongestInvitation   = 30 * 24 * time.Hour
	MaxInvitationGroups = 20
)

// InvitationPath is the page that the link of an invitation opens.
const InvitationPath = "/register"

// ParamInvitation has the secret of an invitation.
const ParamInvitation = "invitation"

// ErrInvitationInvalid says that there is no such invitation, or none any more.
var ErrInvitationInvalid = &Error{
	Kind: NotFound, Code: CodeInvitationInvalid,
	Detail: "This invitation is no longer good: it was used, withdrawn or has expired. Ask who invited you for another one.",
}

// What administrators are told: that there is no such invitation, and that nobody could use one.
var (
	ErrInvitationNotFound = &Error{Kind: NotFound, Code: CodeInvitationNotFound, Detail: "No such invitation."}
	errNobodyRegisters    = &Error{
		Kind: Conflict, Code: CodeRegistrationClosed, Detail: "Nobody can register at present (AUTHLY_REGISTRATION).",
	}
)

// InvitationFilter selects invitations. Set conditions must all hold.
type InvitationFilter struct {
	Email     string // without regard to case
	Expired   *bool
	CreatedAt *TimeMatch
}

// InvitationQuery asks for one slice of a list of invitations, ordered by creation.
type InvitationQuery struct {
	Filter    InvitationFilter
	Now       time.Time // what has expired
	Ascending bool
	Range     KeysetRange
}

// InvitationStore keeps invitations until they are used.
type InvitationStore interface {
	// SaveInvitation adds one, in place of any other for the address.
	SaveInvitation(ctx context.Context, i Invitation) error
	// InvitationByDigest finds one by any of the digests of its secret, whether or not it has expired; else
	// ErrInvitationInvalid.
	InvitationByDigest(ctx context.Context, digests [][]byte) (Invitation, error)
	// InvitationsByID finds many; missing ones are absent.
	InvitationsByID(ctx context.Context, ids []uuid.UUID) ([]Invitation, error)
	// Invitations lists one slice, ordered by creation and id.
	Invitations(ctx context.Context, q InvitationQuery) ([]ListRow[Invitation], error)
	// CountInvitations counts up to limit+1 that match; Ascending and Range are ignored.
	CountInvitations(ctx context.Context, q InvitationQuery, limit int) (int, error)
	// SpendInvitation removes an invitation that has not expired. True for exactly one caller.
	SpendInvitation(ctx context.Context, id uuid.UUID, now time.Time) (bool, error)
	// DeleteInvitation removes one, expired or not; false when there is none.
	DeleteInvitation(ctx context.Context, id uuid.UUID) (bool, error)
}

// Check holds the rules for what an administrator says of an invitation.
func (i Invitation) Check() error {
	var faults Faults
	faults.Add(checkEmail(i.Email))
	if ttl := i.ExpiresAt.Sub(i.CreatedAt); ttl < ShortestInvitation || ttl > LongestInvitation {
		faults.Add(InvalidField("expires_at", "Must be between an hour and 30 days from now."))
	}
	each := slices.Compact(slices.SortedFunc(slices.Values(i.GroupIDs), compareIDs))
	if len(i.GroupIDs) > MaxInvitationGroups || len(each) != len(i.GroupIDs) {
		faults.Add(InvalidField("group_ids", "Must name at most %d groups, each once.", MaxInvitationGroups))
	}
	return faults.Err()
}

// Scopes are what it takes to invite somebody so: it makes a user, and members of groups.
func (i Invitation) Scopes() []string {
	if len(i.GroupIDs) == 0 {
		return []string{ScopeUsersWrite}
	}
	return []string{ScopeUsersWrite, ScopeGroupsWrite}
}

// Hold returns the groups of the invitation that there are, none of which lets its members administer anything, until the
// transaction ends; it comes first in it. An invitation can be forwarded, and lies in a mailbox for weeks: it makes nobody an
// administrator.
func (i Invitation) Hold(ctx context.Context, tx Store) (list []Group, err error) {
	if err := tx.LockDelegations(ctx, false); err != nil || len(i.GroupIDs) == 0 {
		return nil, err
	}
	rights, err := tx.AdminRightsOfGroups(ctx, i.GroupIDs)
	if err != nil {
		return nil, err
	}
	if len(rights) > 0 {
		return nil, InvalidField("group_ids", "Must not be groups whose members administer: add the user when there is one.")
	}
	found, err := tx.GroupsByID(ctx, i.GroupIDs)
	for _, id := range i.GroupIDs {
		if group, there := found[id]; there {
			list = append(list, group)
		}
	}
	return list, err
}

// WriteInvitation saves an invitation and mails its link, inside tx. ErrNoMail; CodeRegistrationClosed while nobody can register;
// CodeDuplicateEmail for an address that has an account; RateLimited: a mailbox is no toy.
func (s *Mails) WriteInvitation(ctx context.Context, tx Store, i Invitation) error {
	settings := s.settings.Get()
	switch {
	case !s.Enabled():
		return ErrNoMail
	case settings.Registration == RegistrationClosed:
		return errNobodyRegisters
	}
	switch _, err := tx.UserByEmail(ctx, i.Email); {
	case err == nil:
		return errAddressTaken
	case !errors.Is(err, ErrUserNotFound):
		return fmt.Errorf("look up an address: %w", err)
	}
	address := strings.ToLower(i.Email)
	if taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitMailOwn, string(MailInvitation), address)); taken.Refused() {
		return TooManyAttempts(taken.Wait)
	}
	secret := s.source.NewSecret()
	i.Digest = s.keys.Digest(PurposeOneTimeToken, secret)
	i.Actor = i.Actor.stored()
	if err := tx.SaveInvitation(ctx, i); err != nil {
		return err
	}
	return s.write(ctx, tx, letter{kind: MailInvitation, to: i.Email, content: MailContent{
		At: i.CreatedAt, Until: i.ExpiresAt,
		Link: settings.Issuer + InvitationPath + "?" + url.Values{ParamInvitation: {secret}}.Encode(),
	}})
}

// stored returns what is stored of an actor for Now to tell what they may do later: who, and by what, but not from where.
func (a Actor) stored() Actor {
	return Actor{Kind: a.Kind, UserID: a.UserID, ClientID: a.ClientID, Name: a.Name, Scopes: a.Scopes, GrantID: a.GrantID}
}

// Invited returns the invitation of a link, or ErrInvitationInvalid. It changes nothing.
func (s *Registrations) Invited(ctx context.Context, secret string) (Invitation, error) {
	i, err := s.store.InvitationByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, secret))
	if err == nil && !i.ExpiresAt.After(s.source.Now()) {
		err = ErrInvitationInvalid
	}
	return i, err
}

// accepted is an invitation that is being used.
type accepted struct {
	inviter Actor // as they may act now
	groups  []Group
}

// accept spends an invitation, inside tx and first in it. Whoever invited must still be who may, and the groups must still let
// nobody administer.
func (s *Registrations) accept(ctx context.Context, tx Store, id uuid.UUID, now time.Time) (a accepted, err error) {
	found, err := tx.InvitationsByID(ctx, []uuid.UUID{id})
	if err != nil {
		return a, err
	}
	if len(found) == 0 {
		return a, ErrInvitationInvalid
	}
	invitation := found[0]
	if a.groups, err = invitation.Hold(ctx, tx); err != nil {
		if AsError(err).Kind == Invalid {
			err = ErrInvitationInvalid.Because(err)
		}
		return a, err
	}
	spent, err := tx.SpendInvitation(ctx, id, now)
	if err == nil && !spent {
		err = ErrInvitationInvalid
	}
	if err != nil {
		return a, err
	}
	if a.inviter, err = invitation.Actor.Now(ctx, tx, now); err != nil {
		return a, err
	}
	for _, scope := range invitation.Scopes() {
		if !a.inviter.MayAdminister(scope) {
			return a, ErrInvitationInvalid
		}
	}
	return a, nil
}

// join puts a new user into the groups of the invitation, on behalf of who has invited them, who remains who may until the
// transaction ends.
func (s *Registrations) join(ctx context.Context, tx Store, a accepted, user User) error {
	members, events := make([]GroupMember, len(a.groups)), make([]AuditEvent, len(a.groups))
	for i, group := range a.groups {
		members[i] = GroupMember{ID: s.source.NewID(), GroupID: group.ID, UserID: user.ID, JoinedAt: user.CreatedAt}
		events[i] = NewEvent(WithActor(ctx, a.inviter), s.source, ActionGroupMemberAdded, TargetUser, user.ID.String(), user.Username)
		events[i].Changes = map[string]Change{"group": {After: group.Name}, "group_id": {After: group.ID}}
	}
	if len(members) > 0 {
		if _, err := tx.AddGroupMembers(ctx, members); err != nil {
			return err
		}
		if err := tx.InsertAudit(ctx, events...); err != nil {
			return err
		}
	}
	if a.inviter.Kind != ActorUser || a.inviter.Delegated {
		return nil // whose right cannot change meanwhile
	}
	err := tx.HoldAdministrator(ctx, a.inviter.UserID)
	if errors.Is(err, ErrUserNotFound) {
		err = ErrInvitationInvalid
	}
	return err
}
