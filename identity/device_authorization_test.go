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

// FuzzUserCode: what is typed is a code of eight of its letters or none, whatever stands between them, and a code is read as it is shown
// (RFC 8628 §6.1).
func FuzzUserCode(f *testing.F) {
	for _, typed := range []string{"BCDF-GHJK", "bcdf ghjk", "b.c_d-f g h j k", "AEIO-UAEI", "BCDF-GHJ", "\u017fcdfghjk", "\u212a", "", "--------"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code := identity.ReadUserCode(typed)
		if code == "" {
			return
		}
		if len(code) != 8 || strings.Trim(code, "BCDFGHJKLMNPQRSTVWXZ") != "" || identity.ReadUserCode(identity.SpellUserCode(code)) != code {
			t.Errorf("%q is read as %q", typed, code)
		}
	})
}
