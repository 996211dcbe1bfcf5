package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/store"
)

// openKeyring returns the keyring of the configured root keys after it has proven that it opens what is sealed in the
// database. An embedded server makes its root key, but only for a database that nobody has written to.
func openKeyring(ctx context.Context, opened *store.Store, c config.Config, source identity.Source) (*identity.Keyring, error) {
	// Before the file: who has written here has made its file first.
	sealed, err := opened.Sealed(ctx, source.Now())
	if err != nil {
		return nil, err
	}
	root := []byte(c.SecretKey)
	switch {
	case len(root) > 0:
	case sealed.InUse:
		root, err = config.ReadSecret(c.SecretFile())
		if errors.Is(err, fs.ErrNotExist) {
			return nil, rootKeyFault(c, "is not given, and the database is in use, so that no new root key is made for it")
		}
	default:
		root, err = config.LoadOrCreateSecret(c.SecretFile(), source.Random)
	}
	if err != nil {
		return nil, fmt.Errorf("root key: %w", err)
	}
	var old [][]byte
	for _, secret := range c.SecretKeysOld {
		old = append(old, []byte(secret))
	}
	keyring, err := identity.NewKeyring(root, old...)
	if err != nil {
		return nil, err
	}
	return keyring, proveRootKey(c, keyring, sealed)
}

// proveRootKey returns a fault of the configuration unless the keyring opens what is sealed. Where there are signing
// keys they are the proof: the value of sealCheck may have been sealed under a root key that was replaced since.
func proveRootKey(c config.Config, keyring *identity.Keyring, sealed store.Sealed) error {
	err := keys.Check(keyring, sealed.Keys)
	if len(sealed.Keys) == 0 && sealed.Check != nil {
		_, err = keyring.Open(identity.PurposeRootKeyCheck, sealed.Check, "")
	}
	if err != nil {
		return rootKeyFault(c, "does not open what is sealed in the database")
	}
	return nil
}

// rootKeyFault names the remedy.
func rootKeyFault(c config.Config, problem string) error {
	given := "in AUTHLY_SECRET_KEY"
	if c.SecretFile() != "" {
		given = fmt.Sprintf("in AUTHLY_SECRET_KEY or in the file %s, which is read without it", c.SecretFile())
	}
	return config.Faults{{Variable: "AUTHLY_SECRET_KEY", Problem: fmt.Sprintf(
		"%s: give the root key that the database was made with %s; name former root keys in AUTHLY_SECRET_KEYS_OLD", problem, given)}}
}

// proveBeforeMigrating is openKeyring for a command that needs no keys: for a database that is not in use it makes none.
func proveBeforeMigrating(ctx context.Context, opened *store.Store, c config.Config) error {
	source := identity.SystemSource()
	sealed, err := opened.Sealed(ctx, source.Now())
	if err != nil || !sealed.InUse {
		return err
	}
	_, err = openKeyring(ctx, opened, c, source)
	return err
}

// sealCheck leaves what the next program proves its root key by. Of two that begin with an empty database and different
// root keys one is refused here.
func sealCheck(ctx context.Context, opened *store.Store, c config.Config, source identity.Source, keyring *identity.Keyring) error {
	sealed, err := opened.Sealed(ctx, source.Now())
	if err == nil && sealed.Check == nil {
		if err = opened.SealCheck(ctx, keyring.Seal(identity.PurposeRootKeyCheck, nil, "")); err == nil {
			sealed, err = opened.Sealed(ctx, source.Now())
		}
	}
	if err != nil {
		return err
	}
	return proveRootKey(c, keyring, sealed)
}
