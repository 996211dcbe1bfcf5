package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) newInvitation(email string, inviter uuid.UUID) identity.Invitation {
	return identity.Invitation{
		ID: f.id(), Digest: fmt.Appendf(nil, "invitation digest %d \x00\xff", f.next()), Email: email, GroupIDs: []uuid.UUID{f.id(), f.id()},
		Actor: identity.Actor{
			Kind: identity.ActorUser, UserID: inviter, ClientID: f.id(), Name: "Ängus", Admin: true, Scopes: []string{"admin:users:write"},
		},
		CreatedAt: f.now, ExpiresAt: f.now.Add(time.Hour),
	}
}

func (f *fixture) invitation() identity.Invitation {
	f.Helper()
	i := f.newInvitation(fmt.Sprintf("Neu%d@example.org", f.next()), f.user().ID)
	f.noError(f.store.SaveInvitation(f.ctx, i))
	return i
}

func invitations(r *runner) {
	r.run("an invitation is found by any of its digests and by its id", func(f *fixture) {
		i := f.invitation()
		f.equal(must(f.store.InvitationByDigest(f.ctx, [][]byte{[]byte("other"), i.Digest}))(f), i)
		f.equal(must(f.store.InvitationsByID(f.ctx, []uuid.UUID{f.id(), i.ID}))(f), []identity.Invitation{i})
		for _, none := range [][][]byte{nil, {[]byte("other")}} {
			_, err := f.store.InvitationByDigest(f.ctx, none)
			f.wantErr(err, identity.ErrInvitationInvalid)
		}
	})
	r.run("a newer invitation takes the place of one for the same address", func(f *fixture) {
		old := f.newInvitation("neu@example.org", f.user().ID)
		f.noError(f.store.SaveInvitation(f.ctx, old))
		newer := f.newInvitation("NEU@example.org", uuid.Nil)
		newer.GroupIDs, newer.Actor = []uuid.UUID{}, identity.SystemActor("test")
		f.noError(f.store.SaveInvitation(f.ctx, newer))
		_, err := f.store.InvitationByDigest(f.ctx, [][]byte{old.Digest})
		f.wantErr(err, identity.ErrInvitationInvalid)
		f.equal(must(f.store.InvitationByDigest(f.ctx, [][]byte{newer.Digest}))(f), newer)
		f.equal(must(f.store.SpendInvitation(f.ctx, old.ID, f.now))(f), false)
	})
	r.run("of many that use an invitation one does, before it has expired", func(f *fixture) {
		late := f.invitation()
		f.equal(must(f.store.SpendInvitation(f.ctx, late.ID, late.ExpiresAt))(f), false)
		i := f.invitation()
		f.oneWins(func(int) (bool, error) { return f.store.SpendInvitation(f.ctx, i.ID, f.now) })
		f.equal(must(f.store.DeleteInvitation(f.ctx, i.ID))(f), false)
	})
	r.run("of many that withdraw and use an invitation one does", func(f *fixture) {
		i := f.invitation()
		f.oneWins(func(n int) (bool, error) {
			if n%2 == 0 {
				return f.store.DeleteInvitation(f.ctx, i.ID)
			}
			return f.store.SpendInvitation(f.ctx, i.ID, f.now)
		})
	})
	r.run("an invitation goes when it has expired, and with who has invited", func(f *fixture) {
		inviter := f.user()
		old, theirs := f.invitation(), f.newInvitation("other@example.org", inviter.ID)
		theirs.ExpiresAt = theirs.ExpiresAt.Add(time.Hour)
		f.noError(f.store.SaveInvitation(f.ctx, theirs))
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{Now: old.ExpiresAt, EndedBefore: before, JobsBefore: before, MailBefore: before}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		f.equal(len(must(f.store.InvitationsByID(f.ctx, []uuid.UUID{old.ID, theirs.ID}))(f)), 1)
		f.noError(f.store.DeleteUser(f.ctx, inviter.ID))
		f.equal(len(must(f.store.InvitationsByID(f.ctx, []uuid.UUID{theirs.ID}))(f)), 0)
	})
	r.run("pages of invitations meet every one once in both directions", func(f *fixture) {
		var all []identity.Invitation
		for n := range 60 {
			i := f.newInvitation(fmt.Sprintf("page%d@example.org", n), uuid.Nil)
			i.CreatedAt = start.Add(time.Duration(n*7%20) * 250 * time.Millisecond)
			f.noError(f.store.SaveInvitation(f.ctx, i))
			all = append(all, i)
		}
		slices.SortFunc(all, func(a, b identity.Invitation) int { return order(a.CreatedAt, b.CreatedAt, a.ID, b.ID) })
		id := func(i identity.Invitation) uuid.UUID { return i.ID }
		f.walks(everyID(all, id), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			return cursorKeys(f, must(f.store.Invitations(f.ctx, identity.InvitationQuery{Ascending: ascending, Range: page}))(f), id)
		})
	})
	r.run("filters of invitations select what they say", func(f *fixture) {
		old, other := f.invitation(), f.invitation()
		other.ExpiresAt, other.CreatedAt = f.now.Add(48*time.Hour), f.now.Add(time.Minute)
		f.noError(f.store.SaveInvitation(f.ctx, other))
		yes, no, after := true, false, f.now.Add(time.Second)
		for _, c := range []struct {
			filter identity.InvitationFilter
			want   []uuid.UUID
		}{
			{identity.InvitationFilter{}, []uuid.UUID{old.ID, other.ID}},
			{identity.InvitationFilter{Email: "nEU" + old.Email[3:]}, []uuid.UUID{old.ID}},
			{identity.InvitationFilter{Expired: &yes}, []uuid.UUID{old.ID}},
			{identity.InvitationFilter{Expired: &no}, []uuid.UUID{other.ID}},
			{identity.InvitationFilter{CreatedAt: &identity.TimeMatch{From: &after}}, []uuid.UUID{other.ID}},
		} {
			q := identity.InvitationQuery{Filter: c.filter, Now: old.ExpiresAt, Ascending: true, Range: identity.KeysetRange{Limit: 10}}
			var got []uuid.UUID
			for _, row := range must(f.store.Invitations(f.ctx, q))(f) {
				got = append(got, row.Item.ID)
			}
			f.equal(got, c.want)
			f.equal(must(f.store.CountInvitations(f.ctx, q, 10))(f), len(c.want))
		}
	})
}
