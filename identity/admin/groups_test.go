package admin_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (f *fixture) group(t testing.TB, name string, members ...identity.User) identity.Group {
	t.Helper()
	g, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: name})
	noError(t, err)
	if len(members) > 0 {
		_, err = f.admin.Groups.AddMembers(f.ctx, g.ID, idsOf(members))
		noError(t, err)
	}
	return g
}

// TestALargeTreeIsDeletedInParts: each group that goes has its event.
func TestALargeTreeIsDeletedInParts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	top := f.group(t, "top")
	noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		for i := range 1000 {
			g := identity.Group{ID: uuid.New(), ParentID: &top.ID, Name: fmt.Sprint(i), CreatedAt: start, UpdatedAt: start, Version: 1}
			if _, err := tx.InsertGroup(ctx, g); err != nil {
				return err
			}
		}
		return nil
	}))
	whole := admin.DeleteGroupOptions{Recursive: true}
	if _, err := f.admin.Groups.Delete(f.ctx, top.ID, whole); !errors.Is(err, coded(identity.CodeValidation)) {
		t.Errorf("1000 below: %v", err)
	}
	one, err := f.admin.Groups.At(f.ctx, "/TOP/7")
	noError(t, err)
	_, err = f.admin.Groups.Delete(f.ctx, one.ID, admin.DeleteGroupOptions{})
	noError(t, err)
	counts, err := f.admin.Groups.Delete(f.ctx, top.ID, whole)
	noError(t, err)
	if counts != (identity.GroupCounts{Groups: 999}) {
		t.Errorf("%+v", counts)
	}
	var events []identity.AuditEvent
	for _, e := range f.audit(t, identity.ActionGroupDeleted) {
		if e.TargetName == "top" {
			events = append(events, e)
		}
	}
	if len(events) != 1 || fmt.Sprint(events[0].Changes["groups"].Before) != "999" {
		t.Errorf("%+v", events)
	}
}

// TestAChangeOfNothingIsNoEvent: neither of a group nor of its members.
func TestAChangeOfNothingIsNoEvent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	bob := f.user(t, "bob")
	g := f.group(t, "g", bob)
	name := "g"
	same, err := f.admin.Groups.Update(f.ctx, g.ID, admin.GroupChange{Name: &name}, nil)
	noError(t, err)
	outcomes, err := f.admin.Groups.AddMembers(f.ctx, g.ID, []uuid.UUID{bob.ID})
	noError(t, err)
	if same.Version != 1 || outcomes[0].Changed || len(f.audit(t, identity.ActionGroupUpdated)) != 0 ||
		len(f.audit(t, identity.ActionGroupMemberAdded)) != 1 {
		t.Errorf("%+v, %+v", same, outcomes)
	}
}
