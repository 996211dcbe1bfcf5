package identity_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

func TestAPasswordIsACredential(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	f.advance(time.Hour)
	f.signIn(t, u)
	list, err := f.Credentials.Of(f.ctx, u.ID)
	noError(t, err)
	now := f.Now()
	wantSame(t, list, []identity.Credential{
		{ID: u.ID, Kind: identity.CredentialPassword, UserID: u.ID, CreatedAt: start, LastUsedAt: &now},
	})
}
