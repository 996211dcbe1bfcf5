package identity

import (
	"time"

	"github.com/google/uuid"
)

// User is a person who can sign in. The zero string of a claim means "not known".
type User struct {
	ID                     uuid.UUID
	Username               string // unique without regard to case; stored as written
	Email                  string // unique without regard to case; stored as written
	Password               PasswordCredential
	Active                 bool
	Verified               bool // the e-mail address is verified (claim email_verified)
	Admin                  bool
	RequiresPasswordChange bool
	App                    bool            // has an authenticator app; moves with it and not by UpdateUser
	SecurityKey            bool            // has one, or several; as App
	Passkey                bool            // has one, or several; as App
	SecondStep             bool            // wants to be asked for one of the passkeys after another first factor; moves with SetSecondStep
	SecondFactorDueAt      *time.Time      // must have one from then on, if that is asked of them or of all; nil = never asked yet
	SecondFactorRequired   bool            // must have one whatever the policy asks of all
	Terms                  TermsAcceptance // moves with AcceptTerms and not by UpdateUser
	FailedAttempts         int             // failed sign-ins since the last successful one
	LockedUntil            *time.Time      // strangers are refused until then
	UnlockedAt             *time.Time      // attempts of strangers before then count no more
	LastLoginAt            *time.Time
	LastLoginIP            string
	CreatedBy              string // name of the actor that created the user
	CreatedAt              time.Time
	UpdatedAt              time.Time
	Version                int // 1 at creation, one more with every update by an administrator or the user
	Claims                 Claims

	Delegation Delegation // what they may administer by roles; not stored with the user, and read only where it matters
}

// SecondFactor reports whether the user is asked for a second factor after the first one. To have a passkey demands nothing, unless
// the user says so.
func (u User) SecondFactor() bool { return u.App || u.SecurityKey || u.SecondStep }

// reach returns the highest level that the user can reach with what there is.
func (u *User) reach() Level {
	switch {
	case u.Passkey:
		return LevelThree
	case u.SecondFactor():
		return LevelTwo
	}
	return LevelOne
}

// Administers reports whether the user is an administrator, or one by a role as far as that was read.
func (u User) Administers() bool { return u.Admin || len(u.Delegation) > 0 }

// Locked reports whether strangers are refused at the given time because of failed attempts. Nobody else is.
func (u User) Locked(now time.Time) bool { return u.LockedUntil != nil && u.LockedUntil.After(now) }

// PasswordExpired reports whether the password is a temporary one whose time is over.
func (u *User) PasswordExpired(now time.Time) bool {
	return u.RequiresPasswordChange && u.Password.ExpiresAt != nil && !u.Password.ExpiresAt.After(now)
}

// DisplayName is the claim name: the stored one, else given and family name, else the username.
func (u User) DisplayName() string {
	switch c := u.Claims; {
	case c.Name != "":
		return c.Name
	case c.GivenName != "" && c.FamilyName != "":
		return c.GivenName + " " + c.FamilyName
	case c.GivenName != "":
		return c.GivenName
	case c.FamilyName != "":
		return c.FamilyName
	}
	return u.Username
}

// Address is the OIDC address claim (OIDC Core §5.1.1).
type Address struct {
	Formatted     string `json:"formatted,omitempty"      yaml:"formatted,omitempty"`
	StreetAddress string `json:"street_address,omitempty" yaml:"street_address,omitempty"`
	Locality      string `json:"locality,omitempty"       yaml:"locality,omitempty"`
	Region        string `json:"region,omitempty"         yaml:"region,omitempty"`
	PostalCode    string `json:"postal_code,omitempty"    yaml:"postal_code,omitempty"`
	Country       string `json:"country,omitempty"        yaml:"country,omitempty"`
}

// IsZero reports whether no field is set.
func (a *Address) IsZero() bool { return a == nil || *a == Address{} }

// UserOrderField is a key that a list of users can be ordered by.
type UserOrderField string

// The order fields.
const (
	UserOrderCreatedAt   UserOrderField = "CREATED_AT"
	UserOrderUpdatedAt   UserOrderField = "UPDATED_AT"
	UserOrderLastLoginAt UserOrderField = "LAST_LOGIN_AT" // never signed in counts as before everybody
	UserOrderUsername    UserOrderField = "USERNAME"
	UserOrderEmail       UserOrderField = "EMAIL"
	UserOrderName        UserOrderField = "NAME" // DisplayName without regard to case
)

// UserOrder is one order field with its direction. The id breaks ties in the same direction.
type UserOrder struct {
	Field      UserOrderField
	Descending bool
}

// StringMatch compares a text, without regard to case. Set conditions must all hold.
type StringMatch struct {
	Equal      *string
	NotEqual   *string
	In         []string
	Contains   *string // literal: % and _ mean themselves
	StartsWith *string
	IsNull     *bool // true: has no value
}

// TimeMatch compares a time. Set conditions must all hold.
type TimeMatch struct {
	From   *time.Time // inclusive
	Before *time.Time // exclusive
	IsNull *bool      // true: never
}

// UserFilter selects users. Set conditions must all hold; the zero filter selects everybody.
type UserFilter struct {
	And                    []UserFilter
	Or                     []UserFilter
	Not                    *UserFilter
	Username               *StringMatch
	Email                  *StringMatch
	GivenName              *StringMatch
	FamilyName             *StringMatch
	Locale                 *StringMatch
	Zoneinfo               *StringMatch
	Active                 *bool
	Verified               *bool
	Admin                  *bool
	RequiresPasswordChange *bool
	Locked                 *bool
	HasActiveSessions      *bool
	CreatedAt              *TimeMatch
	UpdatedAt              *TimeMatch
	LastLoginAt            *TimeMatch
	Attributes             []AttributeMatch
}

// AttributeMatch selects users who have a value of an attribute that is filterable, in its one form, without regard to case.
type AttributeMatch struct {
	Name        string
	AttributeID uuid.UUID // that the store looks for
	Value       string
}

// UserQuery is what a store is asked for. Now decides what locked and active mean. Search matches username, e-mail
// address and names by substring (three characters and more) or prefix (fewer).
type UserQuery struct {
	Filter UserFilter
	Within []uuid.UUID // only who is in these groups or below, and administers nothing; nil: everybody
	Search string
	Order  UserOrder
	Range  KeysetRange
	Now    time.Time
}

// UserBy names one user by exactly one of its keys.
type UserBy struct {
	ID       uuid.UUID
	Username string
	Email    string
	Subject  ClientSubject
}

// ClientSubject is a user as a client knows them: by the sub that its tokens have.
type ClientSubject struct{ ClientID, Sub string }

// DeletedCounts counts what a deletion took with it.
type DeletedCounts struct {
	Sessions int
	Grants   int
	Consents int
}

// UserFlags are the flags that can be set for many users at once; nil keeps one.
type UserFlags struct {
	Active                 *bool
	Verified               *bool
	Admin                  *bool
	RequiresPasswordChange *bool
}

// UserNumbers are the predecessor's eight numbers of the dashboard without its time.
type UserNumbers struct {
	Total                  int
	Active                 int
	Inactive               int
	Admins                 int // active or not
	Unverified             int
	RequiresPasswordChange int
	NewLastDay             int
	NewLastWeek            int
}
