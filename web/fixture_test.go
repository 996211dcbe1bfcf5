package web

import (
	"context"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// faulty is a real store that can be told to fail.
type faulty struct {
	*store.Store
	fault error // what the lookups that begin a request answer, if set
}

func openStore(t *testing.T) *faulty {
	t.Helper()
	return &faulty{Store: storetest.Memory(t)}
}

func (f *faulty) UserByUsername(ctx context.Context, name string) (identity.User, error) {
	if f.fault != nil {
		return identity.User{}, f.fault
	}
	return f.Store.UserByUsername(ctx, name)
}

func (f *faulty) BrowserSessionByDigest(ctx context.Context, digests [][]byte) (identity.BrowserSession, error) {
	if f.fault != nil {
		return identity.BrowserSession{}, f.fault
	}
	return f.Store.BrowserSessionByDigest(ctx, digests)
}

// hasher stands for argon2.
type hasher struct{ identity.PasswordHasher }

func (hasher) Hash(_ context.Context, password string) (string, error) {
	return "hash of " + password, nil
}

func (hasher) Verify(_ context.Context, password, encoded string) (identity.PasswordProof, error) {
	return identity.PasswordProof{OK: encoded == "hash of "+password}, nil
}

func (hasher) Begin() identity.PasswordProof { return identity.PasswordProof{} }

func (hasher) AwaitRefusal(context.Context, identity.PasswordProof) {}

// policy refuses the password "weak".
type policy struct{}

func (policy) Check(password string, _ ...string) error {
	if password == "weak" {
		return &identity.Error{
			Kind: identity.Invalid, Code: identity.CodePasswordPolicy, Field: "password", Detail: "The password is too short.",
		}
	}
	return nil
}

func (policy) Temporary(identity.Source) string { return "" }
