package store

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// TestMembershipsAreBounded: what is left out is known, and never a group above one that is left.
func TestMembershipsAreBounded(t *testing.T) {
	t.Parallel()
	var m identity.Memberships
	for i := range identity.MaxMemberships {
		parent := identity.Group{ID: uuid.New(), Name: fmt.Sprint("g", i)}
		m.Groups = append(m.Groups, identity.Group{ID: uuid.New(), Name: "below", ParentID: &parent.ID}, parent)
		m.Roles = append(m.Roles, identity.Role{ID: uuid.New(), Name: fmt.Sprint("r", i)})
	}
	m = sortMemberships(m)
	if len(m.Groups) != identity.MaxMemberships || len(m.Roles) != identity.MaxMemberships || !m.More {
		t.Errorf("%d groups, %d roles, more %v", len(m.Groups), len(m.Roles), m.More)
	}
	for id, path := range m.Paths() {
		if path[:2] != "/g" {
			t.Errorf("%s is %s", id, path)
		}
	}
}
