package server

import (
	"reflect"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
)

// TestTheDefaultsAreTheDomains: what a setting is when nobody says anything stands in the reference of the configuration,
// for the documentation, and in the domain, for its tests. They are the same.
func TestTheDefaultsAreTheDomains(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	got, want := settingsOf(c), identity.DefaultSettings(c.Issuer)
	want.AuditRetention = got.AuditRetention // the domain keeps the trail for ever unless it is told
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the configuration says %+v, the domain %+v", got, want)
	}
}
