package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Resealed counts what was sealed anew under the current root key.
type Resealed struct {
	SigningKeys int // also such as have expired
	AuditKeys   int
	TOTPs       int // authenticator apps of users
	Providers   int // secrets at identity providers
	Clients     int // that sign with their secrets
	Pairwise    int // 1 if the key of pairwise subjects was
	Streams     int // headers with which event streams are pushed
	Unreadable  int // sealed under a root key that is not given: signing keys that have expired, former keys of the chain, apps, secrets
}

// ResealIn seals under the current root key everything in the database that is sealed under a former one. Afterwards the
// former ones are needed for digests alone.
func (s *SigningKeys) ResealIn(ctx context.Context, tx Store, keyring *Keyring) (Resealed, error) {
	var done Resealed
	if err := s.resealSigningKeys(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	if err := s.resealAuditKeys(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	if err := s.resealTOTPs(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	if err := s.resealProviders(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	if err := s.resealClients(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	if err := resealPairwiseKey(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	if err := resealEventStreams(ctx, tx, keyring, &done); err != nil {
		return Resealed{}, err
	}
	return done, tx.ResealRootKeyCheck(ctx, keyring.Seal(PurposeRootKeyCheck, nil, ""))
}

func (s *SigningKeys) resealSigningKeys(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	keys, err := tx.LockKeys(ctx, time.Time{})
	if err != nil {
		return fmt.Errorf("lock signing keys: %w", err)
	}
	for _, key := range keys {
		sealed, anew := done.sealAnew(keyring, PurposeSigningKey, key.Sealed, key.KID)
		if !anew {
			continue
		}
		key.Sealed = sealed
		if err := tx.ResealKey(ctx, key); err != nil {
			return err
		}
		if err := s.record(ctx, tx, ActionKeyResealed, key); err != nil {
			return err
		}
		done.SigningKeys++
	}
	return nil
}

// resealAuditKeys does what the next link of the chain would do: the chain goes on with a new key.
func (s *SigningKeys) resealAuditKeys(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	if _, err := tx.LockAuditChain(ctx); err != nil {
		return err
	}
	opened, stored, err := openAuditKeys(ctx, tx, keyring)
	if err != nil || len(stored) == 0 {
		return err
	}
	for _, k := range stored {
		_, readable := opened.byNumber[k.Number]
		switch {
		case !readable:
			done.Unreadable++
		case !keyring.SealedUnderCurrent(PurposeAuditChain, k.Sealed, auditKeyContext(k.Number)):
			done.AuditKeys++
		}
	}
	if done.AuditKeys == 0 {
		return nil
	}
	_, err = currentAuditKeys(ctx, tx, keyring, s.source)
	return err
}

// sealAnew seals something under the current root key; false if it is already, or counted as unreadable.
func (done *Resealed) sealAnew(keyring *Keyring, purpose Purpose, sealed []byte, of string) ([]byte, bool) {
	if keyring.SealedUnderCurrent(purpose, sealed, of) {
		return nil, false
	}
	plain, err := keyring.Open(purpose, sealed, of)
	if err != nil {
		done.Unreadable++
		return nil, false
	}
	return keyring.Seal(purpose, plain, of), true
}

func resealPairwiseKey(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	sealed, err := tx.PairwiseKey(ctx)
	if err != nil || sealed == nil {
		return err
	}
	sealed, anew := done.sealAnew(keyring, PurposePairwise, sealed, "")
	if !anew {
		return nil
	}
	done.Pairwise++
	return tx.ResealPairwiseKey(ctx, sealed)
}

// resealedAtOnce is how many authenticator apps, or clients, are read at once.
const resealedAtOnce = 1000

func (s *SigningKeys) resealTOTPs(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	var after uuid.UUID
	for {
		apps, err := tx.SealedTOTPs(ctx, after, resealedAtOnce)
		if err != nil || len(apps) == 0 {
			return err
		}
		for _, app := range apps {
			after = app.ID
			sealed, anew := done.sealAnew(keyring, PurposeTOTP, app.Sealed, totpContext(app.ID))
			if !anew {
				continue
			}
			if err := tx.ResealTOTP(ctx, app, sealed); err != nil {
				return err
			}
			done.TOTPs++
		}
	}
}

func (s *SigningKeys) resealProviders(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	all, err := tx.Providers(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		sealed, anew := done.sealAnew(keyring, PurposeProviderSecret, p.Sealed, p.ID.String())
		if !anew {
			continue
		}
		if err := tx.ResealProvider(ctx, p, sealed); err != nil {
			return err
		}
		done.Providers++
	}
	return nil
}

func (s *SigningKeys) resealClients(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	var after uuid.UUID
	for {
		clients, err := tx.LockSealedClients(ctx, after, resealedAtOnce)
		if err != nil || len(clients) == 0 {
			return err
		}
		for _, c := range clients {
			after = c.ID
			if !c.resealSecrets(keyring, done) {
				continue
			}
			if err := tx.ResealClient(ctx, c.ID, c.Secrets); err != nil {
				return err
			}
			done.Clients++
		}
	}
}

func resealEventStreams(ctx context.Context, tx Store, keyring *Keyring, done *Resealed) error {
	var after uuid.UUID
	for {
		streams, err := tx.SealedEventStreams(ctx, after, resealedAtOnce)
		if err != nil || len(streams) == 0 {
			return err
		}
		for _, stream := range streams {
			after = stream.ID
			sealed, anew := done.sealAnew(keyring, PurposeEventStream, stream.Sealed, stream.ID.String())
			if !anew {
				continue
			}
			if err := tx.ResealEventStream(ctx, stream.ID, sealed); err != nil {
				return err
			}
			done.Streams++
		}
	}
}
