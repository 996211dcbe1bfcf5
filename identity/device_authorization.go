package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// DeviceAuthorization is what a device without a keyboard, or without a browser, asks a person to allow in a browser of
// another (RFC 8628).
type DeviceAuthorization struct {
	ID             uuid.UUID // also that of the interaction in which a person decides: of many browsers one does
	Digest         []byte    // keyed digest of the device code
	UserCodeDigest []byte    // keyed digest of the user code
	ClientID       uuid.UUID
	Scopes         []string
	Resources      []string
	IP             string // where the device is
	CreatedAt      time.Time
	ExpiresAt      time.Time

	// How its interaction ended.
	Denied  bool
	GrantID *uuid.UUID
}

// DeviceRequest is what an interaction has of a device.
type DeviceRequest struct {
	Digest   []byte    `json:"digest"` // of the device code
	UserCode string    `json:"code"`   // as people read it
	IP       string    `json:"ip"`
	At       time.Time `json:"at"`
}

// DeviceCodes is the answer to a device (RFC 8628 §3.2).
type DeviceCodes struct {
	DeviceCode string
	UserCode   string // WDJB-MJHT
	ExpiresIn  time.Duration
	Interval   time.Duration // that the device must let pass between two questions
}

const (
	deviceCodeTTL = 10 * time.Minute

	// userCodeLetters has no vowels, so that no code is a word, and no letters that look alike: RFC 8628 §6.1.
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeLength  = 8 // 34 bits
	userCodeTries   = 5 // a sixth would not find a free one either: then it is not chance that makes them
)

// DevicePath is the page where a person types the code that a device shows.
const DevicePath = "/device"

// The refusals of the device grant.
var (
	ErrUserCodeNotFound = &Error{
		Kind: NotFound, Code: CodeUserCodeNotFound,
		Detail: "This code is wrong, has expired, or was used already. Look at the device again, or let it ask for a new one.",
	}
	ErrAuthorizationPending = Errorf(Invalid, CodeAuthorizationPending, "Nobody has allowed it yet.").Breaks(RuleDevicePending)
	ErrSlowDown             = Errorf(Invalid, CodeSlowDown,
		"The client asks too often: there must be %d seconds between two requests, and 5 more after each such answer.",
		pollInterval/time.Second).Breaks(RuleDeviceInterval)
	ErrDeviceCodeExpired = Errorf(Invalid, CodeExpiredToken, "The device code has expired.").Breaks(RuleDeviceInTime)
)

// DeviceAuthorizations lets devices ask, people decide, and devices fetch what was decided (RFC 8628).
type DeviceAuthorizations struct {
	store        DeviceAuthorizationStore
	source       Source
	keys         *Keyring
	guard        *guard
	signIn       *SignIn
	interactions *Interactions
	polling      polling
}

// Begin stores what a device of the client asks for: validated scopes and resources. RateLimited when devices of public
// clients in the caller's network ask too often: anybody can be such a client.
func (s *DeviceAuthorizations) Begin(ctx context.Context, client Client, scopes, resources []string) (DeviceCodes, error) {
	if client.Public() {
		network := ActorFrom(ctx).Network().Narrow
		if taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitDevice, network)); taken.Refused() {
			about := subject{key: network, target: TargetClient, id: client.ID.String(), name: client.ClientID}
			return DeviceCodes{}, s.guard.refuse(ctx, LimitDevice, about, taken.Wait)
		}
	}
	now := s.source.Now()
	codes := DeviceCodes{DeviceCode: s.source.NewSecret(), ExpiresIn: deviceCodeTTL, Interval: pollInterval}
	authorization := DeviceAuthorization{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeDeviceAuthorization, codes.DeviceCode), ClientID: client.ID,
		Scopes: scopes, Resources: resources, IP: ActorFrom(ctx).IP, CreatedAt: now, ExpiresAt: now.Add(deviceCodeTTL),
	}
	for range userCodeTries {
		code := s.source.newText(userCodeLetters, userCodeLength)
		authorization.UserCodeDigest = s.keys.Digest(PurposeUserCode, code)
		inserted, err := s.store.InsertDeviceAuthorization(ctx, authorization)
		if err != nil {
			return DeviceCodes{}, fmt.Errorf("begin device authorization: %w", err)
		}
		if inserted { // else another device shows this code: there are 25 billion
			codes.UserCode = spellUserCode(code)
			return codes, nil
		}
	}
	return DeviceCodes{}, fmt.Errorf("begin device authorization: none of %d user codes is free", userCodeTries)
}

// spellUserCode returns a code as devices show it.
func spellUserCode(code string) string {
	return code[:userCodeLength/2] + "-" + code[userCodeLength/2:]
}

// readUserCode returns a code as it was typed without what people put between its letters, in capitals (RFC 8628 §6.1); ""
// for what can be none.
func readUserCode(typed string) string {
	if len(typed) > 4*userCodeLength {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	if len(code) != userCodeLength || strings.Trim(code, userCodeLetters) != "" {
		return ""
	}
	return code
}

// Interaction begins the interaction in which a person decides about the device that shows the code. Everything that leads to
// none is ErrUserCodeNotFound. Wrong codes are counted, by network or known browser and of all strangers together (RFC 8628
// §5.1): then it is RateLimited. device is the device cookie of the browser, or empty.
func (s *DeviceAuthorizations) Interaction(ctx context.Context, typed, device string) (Interaction, error) {
	limits, keys := []Limit{LimitUserCode}, []string{ActorFrom(ctx).Network().Narrow}
	if known := s.signIn.KnownDevice(device); known != "" {
		keys[0] = known
	} else {
		limits, keys = append(limits, LimitUserCodes), append(keys, "")
	}
	buckets := make([]Bucket, len(limits))
	for i, limit := range limits {
		buckets[i] = s.guard.bucket(limit, keys[i])
	}
	taken := s.guard.throttle.Take(ctx, buckets...)
	if taken.Refused() {
		return Interaction{}, s.guard.refuse(ctx, limits[taken.Empty], subject{key: keys[taken.Empty], target: TargetClient}, taken.Wait)
	}
	i, err := s.interaction(ctx, readUserCode(typed))
	if err == nil {
		s.guard.throttle.Give(ctx, buckets...)
	}
	return i, err
}

func (s *DeviceAuthorizations) interaction(ctx context.Context, code string) (Interaction, error) {
	if code == "" {
		return Interaction{}, ErrUserCodeNotFound
	}
	d, err := s.store.DeviceAuthorizationByUserCode(ctx, s.keys.Digests(PurposeUserCode, code))
	if err != nil {
		return Interaction{}, err
	}
	if d.Denied || d.GrantID != nil || !d.ExpiresAt.After(s.source.Now()) {
		return Interaction{}, ErrUserCodeNotFound
	}
	i, err := s.interactions.newDevice(ctx, d, spellUserCode(code))
	if errors.Is(err, ErrInteractionNotFound) {
		err = ErrUserCodeNotFound
	}
	return i, err
}

// newDevice makes the interaction of a device, with what was done in it so far. It has no handle yet.
func (s *Interactions) newDevice(ctx context.Context, d DeviceAuthorization, userCode string) (Interaction, error) {
	i := Interaction{
		ID: d.ID, Kind: InteractionDevice, ClientID: d.ClientID, CreatedAt: d.CreatedAt, ExpiresAt: d.ExpiresAt,
		Params: AuthorizationParams{Scopes: d.Scopes, Resources: d.Resources},
		Device: &DeviceRequest{Digest: d.Digest, UserCode: userCode, IP: d.IP, At: d.CreatedAt},
	}
	return s.elsewhere(ctx, i, GrantDeviceCode)
}

// elsewhere completes an interaction in which a person decides about what a client asks for elsewhere, by a grant that it must still
// be registered for.
func (s *Interactions) elsewhere(ctx context.Context, i Interaction, grant GrantType) (Interaction, error) {
	var err error
	if i.Client, err = s.activeClient(ctx, i); err != nil {
		return Interaction{}, err
	}
	if !i.Client.Allows(grant) {
		return Interaction{}, ErrInteractionNotFound
	}
	i.Params.Scopes = intersect(i.Params.Scopes, i.Client.Scopes()) // what it may ask for today
	return s.withProgress(ctx, i)
}

// Redeem spends a device code (RFC 8628 §3.4). It is ErrAuthorizationPending until a person has decided, and ErrSlowDown when
// the client cannot wait; then what was decided. sender is what the client has proven to hold.
func (s *DeviceAuthorizations) Redeem(ctx context.Context, client Client, code string, sender SenderConstraint) (Issuance, error) {
	digests := s.keys.Digests(PurposeDeviceAuthorization, code)
	d, err := s.store.DeviceAuthorizationByCode(ctx, digests)
	if errors.Is(err, ErrUserCodeNotFound) || err == nil && d.ClientID != client.ID {
		return Issuance{}, invalidGrant(RuleDeviceCode, "The device code is unknown or was issued to another client.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find device code: %w", err)
	}
	return s.polling.redeem(ctx, client, decision{d.ID, digests, d.ExpiresAt, d.Denied, d.GrantID}, sender)
}
