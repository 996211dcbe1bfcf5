package identity

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Ceremony is a WebAuthn ceremony that a page can begin. Nothing is stored of it: what must be known again is sealed into the
// page, bound to the browser and to what the page is for, and is good once, for an hour.
type Ceremony struct {
	Options string // JSON, for the script of the page
	Sealed  string // for its form
}

// CeremonyAnswer is what a page sends of a ceremony.
type CeremonyAnswer struct {
	Sealed   string
	Response string // JSON of the authenticator
	Browser  string // of the cookie that the page came with
}

// ceremonyFor is how long a page with a ceremony may be open: as long as an interaction lives.
const ceremonyFor = time.Hour

// sealCeremony seals what a page needs.
func (k *Keyring) sealCeremony(o PasskeyOptions, purpose string, at time.Time) Ceremony {
	plain := binary.BigEndian.AppendUint64(nil, micros(&at))
	sealed := k.Seal(PurposeCeremony, append(plain, o.State...), purpose)
	return Ceremony{Options: string(o.JSON), Sealed: base64.RawURLEncoding.EncodeToString(sealed)}
}

// openedCeremony is a ceremony of this server that may be finished, once.
type openedCeremony struct {
	state    []byte
	response []byte
	key      string
	expires  time.Time
}

// openCeremony returns the ceremony of a page; ErrCeremonyExpired when it is none, too old, or another browser's or purpose's.
func (k *Keyring) openCeremony(a CeremonyAnswer, purpose string, now time.Time) (openedCeremony, error) {
	if len(a.Response) > maxPasskeyResponse {
		return openedCeremony{}, ErrPasskeyRefused
	}
	sealed, err := base64.RawURLEncoding.DecodeString(a.Sealed)
	if err != nil {
		return openedCeremony{}, ErrCeremonyExpired.Because(err)
	}
	plain, err := k.Open(PurposeCeremony, sealed, purpose)
	if err != nil || len(plain) < 8 {
		return openedCeremony{}, ErrCeremonyExpired.Because(err)
	}
	began := time.UnixMicro(int64(binary.BigEndian.Uint64(plain))) //nolint:gosec // written by micros
	if now.Sub(began) >= ceremonyFor {
		return openedCeremony{}, ErrCeremonyExpired
	}
	return openedCeremony{
		state: plain[8:], response: []byte(a.Response), key: "ceremony:" + string(sealed), expires: began.Add(ceremonyFor),
	}, nil
}

// spend notes that the ceremony is finished. True for exactly one caller.
func (c openedCeremony) spend(ctx context.Context, tx ReplayStore) (bool, error) {
	return tx.MarkUsed(ctx, c.key, c.expires)
}

// What ceremonies are for. One for the use of a passkey belongs to a browser, to the interaction if there is one, and to the
// user if that is known; one that makes a passkey to a session.
func requestPurpose(browser string, interaction, user uuid.UUID) string {
	return "request:" + browser + ":" + interaction.String() + ":" + user.String()
}

func creationPurpose(s Session, kind CredentialKind) string {
	return "creation:" + string(kind) + ":" + s.ID.String() + ":" + s.UserID.String()
}
