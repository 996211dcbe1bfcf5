package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type invitationRow struct {
	bun.BaseModel `bun:"table:invitations,alias:iv"`

	ID        uuid.UUID  `bun:"id,pk"`
	Digest    []byte     `bun:"digest"`
	Email     string     `bun:"email"`
	EmailKey  string     `bun:"email_key"  store:"write-only"`
	GroupIDs  string     `bun:"group_ids"`
	Actor     string     `bun:"actor"`
	UserID    *uuid.UUID `bun:"user_id"    store:"write-only"`
	CreatedAt time.Time  `bun:"created_at"`
	ExpiresAt time.Time  `bun:"expires_at"`
}

func fromInvitation(i identity.Invitation) (invitationRow, error) {
	groups, err := json.Marshal(emptyIfNil(i.GroupIDs))
	actor, fault := json.Marshal(i.Actor)
	return invitationRow{
		ID: i.ID, Digest: i.Digest, Email: i.Email, EmailKey: fold(i.Email), GroupIDs: string(groups), Actor: string(actor),
		UserID: pointer(i.Actor.UserID), CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
	}, errors.Join(err, fault)
}

func toInvitation(r invitationRow) identity.Invitation {
	i := identity.Invitation{
		ID: r.ID, Digest: r.Digest, Email: r.Email, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
	// Both columns are written by fromInvitation alone.
	_ = json.Unmarshal([]byte(r.GroupIDs), &i.GroupIDs)
	_ = json.Unmarshal([]byte(r.Actor), &i.Actor)
	return i
}

var (
	saveInvitation = insertion[invitationRow](` ON CONFLICT (email_key) DO UPDATE
		SET id = excluded.id, digest = excluded.digest, email = excluded.email, group_ids = excluded.group_ids,
		actor = excluded.actor, user_id = excluded.user_id, created_at = excluded.created_at, expires_at = excluded.expires_at`)
	invitationByDigest = byDigest(selection[invitationRow](""), "iv.digest")
	spendInvitation    = statement{"delete invitations", `DELETE FROM invitations WHERE id = $1 AND expires_at > $2`}
	deleteInvitation   = statement{"delete invitations", `DELETE FROM invitations WHERE id = $1`}
	sweepInvitations   = sweep("invitations", "id", "expires_at <= $1", "$2")
)

// SaveInvitation implements identity.InvitationStore.
func (s *Store) SaveInvitation(ctx context.Context, i identity.Invitation) error {
	row, err := fromInvitation(i)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, saveInvitation, arguments(&row)...)
	return s.fault("save invitation", err)
}

// InvitationByDigest implements identity.InvitationStore.
func (s *Store) InvitationByDigest(ctx context.Context, digests [][]byte) (identity.Invitation, error) {
	if len(digests) == 0 {
		return identity.Invitation{}, identity.ErrInvitationInvalid
	}
	var row invitationRow
	if err := s.get(ctx, invitationByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.Invitation{}, s.orMissing("read invitation", err, identity.ErrInvitationInvalid)
	}
	return toInvitation(row), nil
}

// InvitationsByID implements identity.InvitationStore.
func (s *Store) InvitationsByID(ctx context.Context, ids []uuid.UUID) ([]identity.Invitation, error) {
	rows, err := byIDs[invitationRow](ctx, s, ids)
	return mapped(rows, toInvitation), s.fault("find invitations", err)
}

var invitationKey = sortKey{column: "iv.created_at", id: "iv.id", time: true}

// Invitations implements identity.InvitationStore.
func (s *Store) Invitations(ctx context.Context, q identity.InvitationQuery) ([]identity.ListRow[identity.Invitation], error) {
	build := func() (*bun.SelectQuery, error) {
		return invitationKey.paginate(s.selectInvitations(q), !q.Ascending, q.Range)
	}
	return listPage(ctx, s, "list invitations", q.Range, build, toInvitationRow)
}

func toInvitationRow(r invitationRow) identity.ListRow[identity.Invitation] {
	i := toInvitation(r)
	return identity.ListRow[identity.Invitation]{Item: i, CursorKey: identity.CursorKey{Key: cursorTime(&i.CreatedAt), ID: i.ID}}
}

// CountInvitations implements identity.InvitationStore.
func (s *Store) CountInvitations(ctx context.Context, q identity.InvitationQuery, limit int) (int, error) {
	return s.count(ctx, "count invitations", s.selectInvitations(q), limit)
}

func (s *Store) selectInvitations(q identity.InvitationQuery) *bun.SelectQuery {
	list := s.read().NewSelect().Model((*invitationRow)(nil))
	if q.Filter.Email != "" {
		list = list.Where("iv.email_key = ?", fold(q.Filter.Email))
	}
	if expired := q.Filter.Expired; expired != nil && *expired {
		list = list.Where("iv.expires_at <= ?", q.Now)
	} else if expired != nil {
		list = list.Where("iv.expires_at > ?", q.Now)
	}
	if q.Filter.CreatedAt != nil {
		for _, c := range timeConditions("iv.created_at", *q.Filter.CreatedAt) {
			list = list.Where(c.text, c.args...)
		}
	}
	return list
}

// SpendInvitation implements identity.InvitationStore.
func (s *Store) SpendInvitation(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	res, err := s.exec(ctx, spendInvitation, id, now)
	n, err := s.affected("spend invitation", res, err)
	return n == 1, err
}

// DeleteInvitation implements identity.InvitationStore.
func (s *Store) DeleteInvitation(ctx context.Context, id uuid.UUID) (bool, error) {
	res, err := s.exec(ctx, deleteInvitation, id)
	n, err := s.affected("delete invitation", res, err)
	return n == 1, err
}
