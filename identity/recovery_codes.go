package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// RecoveryCodes says how many codes a user has who has lost what shows the others.
type RecoveryCodes struct {
	Left      int
	CreatedAt time.Time // zero: the user has no set
}

const (
	// recoveryCodes is how many a set has.
	recoveryCodes = 8
	// recoveryCodeSize is the length of a code in bytes: with 120 bits nobody guesses one, not even with its digest
	// (NIST SP 800-63B §5.1.2.2 asks for 112).
	recoveryCodeSize = 15
	// changedRecoveryCodes is how events call how many a user has.
	changedRecoveryCodes = "recovery_codes"
	// recoveryGroup is how many characters stand between two hyphens.
	recoveryGroup = 4
)

// recoveryEncoding has no letters that look alike (Crockford's base 32).
var recoveryEncoding = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// lookAlikes are letters that people write for digits when they copy.
var lookAlikes = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// RecoveryCodeSet is a set of codes that a page shows. Nothing is stored of it: it is sealed into the page, until the person
// says that they are saved.
type RecoveryCodeSet struct {
	Sealed string   // for the page
	Codes  []string // six groups of four characters, each
}

// recoverySetContext binds the set of a page to the session whose page it is.
func recoverySetContext(s Session) string {
	return "recovery-codes:" + s.ID.String() + ":" + s.UserID.String()
}

// NewRecoveryCodes makes a set that the user of a session can replace the present one with.
func (s *SecondFactors) NewRecoveryCodes(b BrowserSession) RecoveryCodeSet {
	made := binary.BigEndian.AppendUint64(nil, uint64(s.source.Now().UnixMicro()))
	made = append(made, s.source.newBytes(recoveryCodes*recoveryCodeSize)...)
	sealed := s.keys.Seal(PurposeRecoveryCodes, made, recoverySetContext(b.Session))
	return RecoveryCodeSet{Sealed: base64.RawURLEncoding.EncodeToString(sealed), Codes: recoveryTexts(made[8:])}
}

// RecoveryCodes returns what was sealed into a page of the session; ErrInvalidCode when it is none, or too old.
func (s *SecondFactors) RecoveryCodes(b BrowserSession, sealed string) (RecoveryCodeSet, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return RecoveryCodeSet{}, ErrInvalidCode.Because(err)
	}
	made, err := s.keys.Open(PurposeRecoveryCodes, raw, recoverySetContext(b.Session))
	if err != nil || len(made) != 8+recoveryCodes*recoveryCodeSize {
		return RecoveryCodeSet{}, ErrInvalidCode.Because(err)
	}
	at := time.UnixMicro(int64(binary.BigEndian.Uint64(made))) //nolint:gosec // written above
	if s.source.Now().Sub(at) >= provenFor {
		return RecoveryCodeSet{}, ErrInvalidCode
	}
	return RecoveryCodeSet{Sealed: sealed, Codes: recoveryTexts(made[8:])}, nil
}

// recoveryTexts returns codes as people read them.
func recoveryTexts(set []byte) []string {
	var codes []string
	for ; len(set) > 0; set = set[recoveryCodeSize:] {
		text := recoveryEncoding.EncodeToString(set[:recoveryCodeSize])
		var groups []string
		for ; text != ""; text = text[recoveryGroup:] {
			groups = append(groups, text[:recoveryGroup])
		}
		codes = append(codes, strings.Join(groups, "-"))
	}
	return codes
}

// recoveryDigest is what is stored of a code, whatever way it was typed. It does not need the root key: with 120 bits there
// is nothing to guess, and codes on paper outlive any key (docs/decisions/0080).
func recoveryDigest(userID uuid.UUID, typed string) []byte {
	code := lookAlikes.Replace(strings.ToUpper(cleanCode(typed)))
	sum := sha256.Sum256([]byte("authly/recovery-code/v1\x00" + userID.String() + "\x00" + code))
	return sum[:]
}

// kindOfCode tells codes of apps and recovery codes apart, which are longer, where either may be typed.
func kindOfCode(typed string) CredentialKind {
	if len(cleanCode(typed)) <= totpDigits {
		return CredentialTOTP
	}
	return CredentialRecoveryCode
}

// KeepRecoveryCodes replaces the codes of the user by the set of a page. A page that came too late or twice is
// ErrInvalidCode, a session in which the second factor was not proven ErrSessionNotFound.
func (s *SecondFactors) KeepRecoveryCodes(ctx context.Context, b BrowserSession, sealed string) error {
	if b.Session.Level < LevelTwo {
		return ErrSessionNotFound
	}
	set, err := s.RecoveryCodes(b, sealed)
	if err != nil {
		return err
	}
	digests := make([][]byte, 0, len(set.Codes))
	for _, code := range set.Codes {
		digests = append(digests, recoveryDigest(b.User.ID, code))
	}
	now := s.source.Now()
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		stored, err := tx.ReplaceRecoveryCodes(ctx, b.User.ID, digests, now)
		if err != nil {
			return err
		}
		if !stored {
			return ErrInvalidCode
		}
		event := NewEvent(ctx, s.source, ActionRecoveryCodesCreated, TargetUser, b.User.ID.String(), b.User.Username).By(b.User)
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("keep recovery codes: %w", err)
	}
	return nil
}

// proveRecoveryCode lets a user whose first factor was right use one of the codes that stand for the second. The bound is for
// the noise that wrong ones make: nobody guesses one.
func (s *SignIn) proveRecoveryCode(ctx context.Context, user User, step SecondStep) (provenFactor, error) {
	if !user.SecondFactor() && !user.Passkey {
		return provenFactor{}, ErrInvalidCode // what they stand for was removed since the page was asked for
	}
	a, err := s.admitCode(ctx, user, step.Device, LimitRecoveryCode)
	if err != nil {
		return provenFactor{}, err
	}
	digest, now := recoveryDigest(user.ID, step.Code), s.source.Now()
	spend := func(ctx context.Context, tx Store) (bool, error) {
		left, spent, err := tx.SpendRecoveryCode(ctx, user.ID, digest, now)
		if err != nil || !spent {
			return false, err
		}
		if _, err := tx.EndTrust(ctx, user.ID, s.thisBrowser(step.Device), now); err != nil { // others may have been lost with the app
			return false, err
		}
		event := NewEvent(ctx, s.source, ActionRecoveryCodeUsed, TargetUser, user.ID.String(), user.Username).By(user)
		event.Changes = map[string]Change{changedRecoveryCodes: {Before: left + 1, After: left}}
		return true, tx.InsertAudit(ctx, event)
	}
	return provenFactor{admission: a, factor: Factor{Kind: CredentialRecoveryCode, At: now}, refusal: ErrInvalidCode, spend: spend}, nil
}
