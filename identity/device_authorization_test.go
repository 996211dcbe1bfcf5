package identity_test

import (
	"context"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// crowded has every user code in use.
type crowded struct {
	identity.Store
	tries int
}

func (s *crowded) InsertDeviceAuthorization(context.Context, identity.DeviceAuthorization) (bool, error) {
	s.tries++
	return false, nil
}

// TestADeviceWaitsForNoCodeForEver: where no user code is free there is a fault, and not a request that never ends.
func TestADeviceWaitsForNoCodeForEver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t, "tv", func(m *clientFields) { m.GrantTypes = []identity.GrantType{identity.GrantDeviceCode} })
	store := &crowded{Store: f.store}
	f.deps.Store = store
	_, err := identity.New(f.deps).Devices.Begin(f.ctx, client, []string{"openid"}, nil)
	if err == nil || !strings.Contains(err.Error(), "user codes") || store.tries != 5 {
		t.Errorf("after %d tries: %v", store.tries, err)
	}
}
