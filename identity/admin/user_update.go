package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// userUpdate is a change of a user that may be made, before it is written.
type userUpdate struct {
	after      identity.User // with the version of before
	attributes changedAttributes
	event      identity.AuditEvent
	ends       identity.EndReason // of the user's sessions and grants; empty: they stay
	suspected  bool               // the address is suspected to be another's: what was mailed ends
}

// plan returns what a change makes of a user, or why it may not be made; nil for a change of nothing. The fields
// have been checked, with all that can be wrong beside them. A new password comes as its hash.
func (s *Users) plan(
	ctx context.Context, before identity.User, c UserChange, attributes changedAttributes, hash string,
) (*userUpdate, error) {
	after := c.apply(before)
	now := s.source.Now()
	if hash != "" {
		after.Password = s.madePassword(hash, now, after.RequiresPasswordChange)
	}
	if !after.RequiresPasswordChange {
		if hash == "" && before.PasswordExpired(now) {
			return nil, errPasswordExpired
		}
		after.Password.ExpiresAt = nil
	}
	lost := before.Admin && !after.Admin || before.Active && !after.Active
	if lost && isSelf(ctx, before.ID) {
		return nil, identity.ErrSelfAdmin
	}
	if err := overUsers(ctx, before, after); err != nil {
		return nil, err
	}
	changes := identity.UserChanges(before, after)
	attributes.note(changes)
	if len(changes) == 0 {
		return nil, nil
	}
	after.UpdatedAt = now
	event := identity.NewEvent(ctx, s.source, identity.ActionUserUpdated, identity.TargetUser, after.ID.String(), after.Username)
	event.Changes = changes
	return &userUpdate{
		after: after, attributes: attributes, event: event,
		ends: revocationReason(before, after, hash != ""), suspected: suspected(before, after),
	}, nil
}

// suspected reports whether a change says that the address of before is not, or not for sure, the user's. A link that was mailed
// to it, or from one address to the next, must not take that back.
func suspected(before, after identity.User) bool {
	return before.Email != after.Email || before.Verified && !after.Verified
}

// revokeUpdated ends what changes end, after they were written: the links to suspected addresses with one statement, however many.
func revokeUpdated(ctx context.Context, tx identity.Store, source identity.Source, updates ...*userUpdate) error {
	var suspected []uuid.UUID
	for _, u := range updates {
		if u.ends != "" {
			if _, err := identity.RevokeAllAccess(ctx, tx, source, u.after, uuid.Nil, u.ends); err != nil {
				return err
			}
		} else if u.suspected {
			suspected = append(suspected, u.after.ID)
		}
	}
	return tx.EndOneTimeTokens(ctx, suspected)
}

func (s *Users) update(ctx context.Context, tx identity.Store, before identity.User, c UserChange, hash string) (identity.User, error) {
	var faults identity.Faults
	faults.Add(c.apply(before).Check())
	attributes, err := c.attributes(ctx, tx, before.ID)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return identity.User{}, err
	}
	u, err := s.plan(ctx, before, c, attributes, hash)
	if err != nil || u == nil {
		return before, err
	}
	if err := tx.UpdateUser(ctx, u.after); err != nil {
		return identity.User{}, err
	}
	if err := attributes.save(ctx, tx, before.ID); err != nil {
		return identity.User{}, err
	}
	u.after.Version++
	if err := tx.InsertAudit(ctx, u.event); err != nil {
		return identity.User{}, err
	}
	return u.after, revokeUpdated(ctx, tx, s.source, u)
}

// revocationReason says why a change of a user ends their sessions and grants; empty when it does not. A demand for a new
// password ends none: no tokens are had until it is met, and meeting it ends everything else.
func revocationReason(before, after identity.User, newPassword bool) identity.EndReason {
	switch {
	case before.Active && !after.Active:
		return identity.EndDeactivated
	case before.Admin && !after.Admin:
		return identity.EndDemoted
	case newPassword:
		return identity.EndPasswordReset
	}
	return ""
}
