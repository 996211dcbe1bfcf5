package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Resealed counts what was sealed anew under the current root key.
type Resealed struct {
	SigningKeys int `json:"signing_keys"` // also such as have expired
	AuditKeys   int `json:"audit_keys"`
	TOTPs       int `json:"totps"`              // authenticator apps of users
	Providers   int `json:"identity_providers"` // secrets at identity providers
	Clients     int `json:"clients"`            // that sign with their secrets
	Pairwise    int `json:"pairwise_key"`       // 1 if the key of pairwise subjects was
	Streams     int `json:"event_streams"`      // headers with which event streams are pushed
	// Unreadable are sealed under a root key that is not given: signing keys that have expired, former keys of the chain, apps, secrets.
	Unreadable int `json:"unreadable"`
}

// All returns how many things were sealed anew.
func (done Resealed) All() int {
	return done.SigningKeys + done.AuditKeys + done.TOTPs + done.Providers + done.Clients + done.Pairwise + done.Streams
}

// ResealPlace is how far sealing anew has come. The zero value is the beginning.
type ResealPlace struct {
	Stage int       `json:"stage"`
	After uuid.UUID `json:"after"` // the last of the stage that was looked at
	Seen  int       `json:"seen"`  // how many were looked at
	Total int       `json:"total"` // of so many, when it began
	Done  Resealed  `json:"done"`
}

// resealedAtOnce is how many of the things that there may be many of are sealed anew in one transaction.
const resealedAtOnce = 200

// resealStages are those of which there may be many, each a portion at a time. What they seal stays readable to whoever has both root
// keys, so that they need not be done with all else.
var resealStages = []func(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) (seen int, err error){
	resealTOTPs, resealClients, resealEventStreams,
}

// Over reports whether nothing is left to be sealed.
func (p ResealPlace) Over() bool { return p.Stage > len(resealStages) }

// ResealIn seals under the current root key a portion of what is sealed under a former one, and returns the place of the next. The last
// transaction does the keys and what shows which root key fits: afterwards the former ones are needed for digests alone.
func (s *SigningKeys) ResealIn(ctx context.Context, tx Store, keyring *Keyring, at ResealPlace) (ResealPlace, error) {
	if at.Stage == 0 && at.Seen == 0 {
		var err error
		if at.Total, err = tx.CountSealed(ctx); err != nil {
			return at, err
		}
	}
	if at.Stage >= len(resealStages) {
		at.Stage++
		err := s.resealKeys(ctx, tx, keyring, &at)
		return at, err
	}
	seen, err := resealStages[at.Stage](ctx, tx, keyring, &at)
	if at.Seen += seen; seen < resealedAtOnce {
		at.Stage, at.After = at.Stage+1, uuid.Nil
	}
	return at, err
}

// resealKeys seals what there are few of, all in one transaction.
func (s *SigningKeys) resealKeys(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) error {
	for _, reseal := range []func(context.Context, Store, *Keyring, *ResealPlace) error{
		s.resealSigningKeys, s.resealAuditKeys, resealProviders, resealPairwiseKey,
	} {
		if err := reseal(ctx, tx, keyring, at); err != nil {
			return err
		}
	}
	return tx.ResealRootKeyCheck(ctx, keyring.Seal(PurposeRootKeyCheck, nil, ""))
}

func (s *SigningKeys) resealSigningKeys(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) error {
	keys, err := tx.LockKeys(ctx, time.Time{})
	if err != nil {
		return fmt.Errorf("lock signing keys: %w", err)
	}
	at.Seen += len(keys)
	for _, key := range keys {
		sealed, anew := at.Done.sealAnew(keyring, PurposeSigningKey, key.Sealed, key.KID)
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
		at.Done.SigningKeys++
	}
	return nil
}

// resealAuditKeys does what the next link of the chain would do: the chain goes on with a new key.
func (s *SigningKeys) resealAuditKeys(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) error {
	if _, err := tx.LockAuditChain(ctx); err != nil {
		return err
	}
	opened, stored, err := openAuditKeys(ctx, tx, keyring)
	if err != nil || len(stored) == 0 {
		return err
	}
	at.Seen += len(stored)
	for _, k := range stored {
		_, readable := opened.byNumber[k.Number]
		switch {
		case !readable:
			at.Done.Unreadable++
		case !keyring.SealedUnderCurrent(PurposeAuditChain, k.Sealed, auditKeyContext(k.Number)):
			at.Done.AuditKeys++
		}
	}
	if at.Done.AuditKeys == 0 {
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

func resealPairwiseKey(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) error {
	sealed, err := tx.PairwiseKey(ctx)
	if err != nil || sealed == nil {
		return err
	}
	at.Seen++
	sealed, anew := at.Done.sealAnew(keyring, PurposePairwise, sealed, "")
	if !anew {
		return nil
	}
	at.Done.Pairwise++
	return tx.ResealPairwiseKey(ctx, sealed)
}

func resealTOTPs(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) (int, error) {
	apps, err := tx.SealedTOTPs(ctx, at.After, resealedAtOnce)
	if err != nil {
		return 0, err
	}
	for _, app := range apps {
		at.After = app.ID
		sealed, anew := at.Done.sealAnew(keyring, PurposeTOTP, app.Sealed, totpContext(app.ID))
		if !anew {
			continue
		}
		if err := tx.ResealTOTP(ctx, app, sealed); err != nil {
			return 0, err
		}
		at.Done.TOTPs++
	}
	return len(apps), nil
}

func resealProviders(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) error {
	all, err := tx.Providers(ctx)
	if err != nil {
		return err
	}
	at.Seen += len(all)
	for _, p := range all {
		sealed, anew := at.Done.sealAnew(keyring, PurposeProviderSecret, p.Sealed, p.ID.String())
		if !anew {
			continue
		}
		if err := tx.ResealProvider(ctx, p, sealed); err != nil {
			return err
		}
		at.Done.Providers++
	}
	return nil
}

func resealClients(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) (int, error) {
	clients, err := tx.LockSealedClients(ctx, at.After, resealedAtOnce)
	if err != nil {
		return 0, err
	}
	for _, c := range clients {
		at.After = c.ID
		if !c.resealSecrets(keyring, &at.Done) {
			continue
		}
		if err := tx.ResealClient(ctx, c.ID, c.Secrets); err != nil {
			return 0, err
		}
		at.Done.Clients++
	}
	return len(clients), nil
}

func resealEventStreams(ctx context.Context, tx Store, keyring *Keyring, at *ResealPlace) (int, error) {
	streams, err := tx.SealedEventStreams(ctx, at.After, resealedAtOnce)
	if err != nil {
		return 0, err
	}
	for _, stream := range streams {
		at.After = stream.ID
		sealed, anew := at.Done.sealAnew(keyring, PurposeEventStream, stream.Sealed, stream.ID.String())
		if !anew {
			continue
		}
		if err := tx.ResealEventStream(ctx, stream.ID, sealed); err != nil {
			return 0, err
		}
		at.Done.Streams++
	}
	return len(streams), nil
}
