package identity

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// InteractionKind says what a browser is in the middle of.
type InteractionKind string

// The kinds. The schema has room for those that are still to come: registration, recovery, verification and
// enrolment.
const (
	InteractionAuthorize InteractionKind = "authorize" // an authorization request; returns to the authorization endpoint
	InteractionAccount   InteractionKind = "account"   // a page of one's own account; returns to it
	InteractionDevice    InteractionKind = "device"    // what a device asks for (RFC 8628); ends on its own page

	InteractionBackchannel InteractionKind = "backchannel" // what a client asks without a browser (CIBA); ends on the account's page
)

// Interaction is what a browser is in the middle of: a question to a person that ends in a return. Its handle, which the
// pages carry, has the question itself under seal; stored is only what a person has done about it.
type Interaction struct {
	ID         uuid.UUID
	Kind       InteractionKind
	Digest     []byte              // keyed digest of the handle, where a server of the version before stored the question
	ClientID   uuid.UUID           // whose request it is; zero of an account
	Params     AuthorizationParams // authorize; of others what they know of these
	Device     *DeviceRequest      // device
	ReturnPath ReturnPath          // account
	Pushed     bool                // authorize: the request was pushed (RFC 9126), so that it can be answered once and never begins anew
	Declined   bool                // the person goes on without what StepOffer offers
	CreatedAt  time.Time
	ExpiresAt  time.Time

	Backchannel *BackchannelQuestion // backchannel

	// What the person has done so far.
	SessionID       *uuid.UUID // the browser session that acts; consent must come from it
	AuthenticatedAt *time.Time // a sign-in that was made for this very interaction
	ConsentedAt     *time.Time

	// How it ended.
	DoneAt  *time.Time
	GrantID *uuid.UUID // with a code: the grant whose code was sent last
	Denied  bool       // with a refusal

	// What is not stored with it.
	Handle string // in the pages' URLs; empty until it is sealed
	Client Client // of ClientID

	// Pending is what the browser that comes with the interaction has proven for it; nil when a session stands for all.
	Pending *PendingSignIn

	// DeclinedPasskey is who has declined a passkey in this browser lately: the id of a user, or empty.
	DeclinedPasskey string

	// Who has signed in at a provider and is not connected with an account yet: as the handle has it, and what it is for the
	// browser that comes with it; nil when it is another browser, or nobody.
	SealedLink []byte
	Link       *PendingLink
}

// ReturnPath is a page of the server that an interaction returns to. There is a fixed list of them: a path from
// anywhere else, let alone a URL, would make the sign-in page an open redirector.
type ReturnPath string

// The pages to return to.
const (
	ReturnToHome     ReturnPath = "/login"
	ReturnToPassword ReturnPath = "/account/password"
	ReturnToSecurity ReturnPath = "/account/security"
	ReturnToTOTP     ReturnPath = "/account/security/totp"
	ReturnToCodes    ReturnPath = "/account/security/codes"
	ReturnToPasskey  ReturnPath = "/account/security/passkey"
	ReturnToKey      ReturnPath = "/account/security/key"
	ReturnToEmail    ReturnPath = "/account/email"
	ReturnToProfile  ReturnPath = "/account/profile"
	ReturnToDevices  ReturnPath = "/account/devices"
	ReturnToApps     ReturnPath = "/account/applications"
	ReturnToActivity ReturnPath = "/account/activity"
	ReturnToData     ReturnPath = "/account/data"
	ReturnToDelete   ReturnPath = "/account/delete"

	ReturnToConnections ReturnPath = "/account/connections"
	ReturnToRequests    ReturnPath = "/account/requests"
)

var returnPaths = []ReturnPath{
	ReturnToHome, ReturnToPassword, ReturnToSecurity, ReturnToTOTP, ReturnToCodes, ReturnToPasskey, ReturnToKey, ReturnToEmail,
	ReturnToProfile, ReturnToDevices, ReturnToApps, ReturnToActivity, ReturnToData, ReturnToDelete, ReturnToConnections,
	ReturnToRequests,
}

// Valid reports whether the path is on the list.
func (p ReturnPath) Valid() bool { return slices.Contains(returnPaths, p) }

// consentable returns the scopes that consent is about: those that approval would grant, and those whose claims are
// asked for one by one.
func (i Interaction) consentable(ctx context.Context, r DelegationReader, u User) ([]string, error) {
	scopes, err := i.grantable(ctx, r, u)
	for _, name := range i.Params.ClaimScopes {
		if !slices.Contains(scopes, name) {
			scopes = append(scopes, name)
		}
	}
	return scopes, err
}

// grantable returns the scopes that approval would grant: those requested, as far as the client and the user may have
// them.
func (i Interaction) grantable(ctx context.Context, r DelegationReader, u User) ([]string, error) {
	u, err := withDelegation(ctx, r, u, i.Params.Scopes)
	return userScopes(i.Params.Scopes, u), err
}

// Elsewhere reports whether the client waits for the decision elsewhere, and fetches what comes of it with a code that it has already.
func (i Interaction) Elsewhere() bool {
	return i.Kind == InteractionDevice || i.Kind == InteractionBackchannel
}

// codeElsewhere returns the digest of the code that the client has already; nil if it gets one.
func (i Interaction) codeElsewhere() []byte {
	switch {
	case i.Device != nil:
		return i.Device.Digest
	case i.Backchannel != nil:
		return i.Backchannel.Digest
	}
	return nil
}

// of reports whether the interaction's sign-in or consent was made in the session.
func (i Interaction) of(s Session) bool { return i.SessionID != nil && *i.SessionID == s.ID }

// finished returns the interaction as a session ends it. What another session has done in it does not count.
func (i Interaction) finished(s Session, at time.Time) Interaction {
	if !i.of(s) {
		i.AuthenticatedAt, i.ConsentedAt = nil, nil
	}
	i.SessionID, i.DoneAt = &s.ID, &at
	return i
}
