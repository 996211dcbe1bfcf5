package identity

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// PendingSignIn is a first factor that a browser has proven for one interaction while a second one is due. It is no
// session: nothing but the page of the second step looks at it, and only the browser has it, under seal.
type PendingSignIn struct {
	User       User
	Since      time.Time // when it was proven here
	First      Factor    // the password, a mailed code, or a sign-in at a provider
	ProviderID uuid.UUID // of that
}

// PendingFor is how long a first factor waits for the second.
const PendingFor = provenFor

// The lengths of what is sealed: user, time of the proof, time of the password's last change; of a mailed code a byte that says
// so; and of a sign-in at a provider also that, the linked identity, and when the person has signed in there.
const (
	pendingSize          = 16 + 8 + 8
	pendingEmailSize     = pendingSize + 1
	pendingFederatedSize = pendingSize + 16 + 16 + 8
)

// SealPending returns the cookie by which a browser carries a pending sign-in to the next page of the interaction. It is
// worth nothing in another one.
func (s *SignIn) SealPending(i Interaction, p PendingSignIn) string {
	plain := make([]byte, 0, pendingFederatedSize)
	plain = append(plain, p.User.ID[:]...)
	plain = binary.BigEndian.AppendUint64(plain, micros(&p.Since))
	plain = binary.BigEndian.AppendUint64(plain, micros(p.User.Password.ChangedAt))
	switch p.First.Kind {
	case CredentialEmail:
		plain = append(plain, 'e')
	case CredentialFederated:
		plain = append(append(plain, p.ProviderID[:]...), p.First.CredentialID[:]...)
		plain = binary.BigEndian.AppendUint64(plain, micros(&p.First.At))
	case CredentialPassword, CredentialTOTP, CredentialPasskey, CredentialSecurityKey, CredentialRecoveryCode, CredentialBrowser:
	}
	return base64.RawURLEncoding.EncodeToString(s.keys.Seal(PurposePendingSignIn, plain, i.ID.String()))
}

// micros writes a time that may be missing.
func micros(t *time.Time) uint64 {
	if t == nil {
		return 0
	}
	return uint64(t.UnixMicro())
}

// fromMicros reads a time that micros has written.
func fromMicros(b []byte) time.Time {
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC() //nolint:gosec // written by micros
}

// OpenPending returns what a cookie says was proven for the interaction; nil when it says nothing that still counts: too old,
// of another interaction, used, or of a user who has changed the password, has no second factor any more or may not sign in.
func (s *SignIn) OpenPending(ctx context.Context, i Interaction, cookie string) (*PendingSignIn, error) {
	if cookie == "" {
		return nil, nil // nothing is a normal answer
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return nil, nil //nolint:nilerr // as above
	}
	plain, err := s.keys.Open(PurposePendingSignIn, sealed, i.ID.String())
	if err != nil || !slices.Contains([]int{pendingSize, pendingEmailSize, pendingFederatedSize}, len(plain)) {
		return nil, nil //nolint:nilerr // as above
	}
	at := fromMicros(plain[16:])
	if age := s.source.Now().Sub(at); age >= provenFor || i.AuthenticatedAt != nil && !i.AuthenticatedAt.Before(at) {
		return nil, nil
	}
	user, err := s.store.UserByID(ctx, uuid.UUID(plain[:16]))
	if errors.Is(err, ErrUserNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read pending sign-in: %w", err)
	}
	same := micros(user.Password.ChangedAt) == binary.BigEndian.Uint64(plain[24:pendingSize])
	if !same || !user.SecondFactor() || s.refusalReason(user, true) != "" {
		return nil, nil
	}
	p := &PendingSignIn{User: user, Since: at, First: Factor{Kind: CredentialPassword, At: at}}
	switch len(plain) {
	case pendingEmailSize:
		p.First.Kind = CredentialEmail
	case pendingFederatedSize:
		p.ProviderID = uuid.UUID(plain[pendingSize : pendingSize+16])
		p.First.Kind, p.First.CredentialID = CredentialFederated, uuid.UUID(plain[pendingSize+16:pendingSize+32])
		p.First.At = fromMicros(plain[pendingSize+32:])
	}
	return p, nil
}
