package model

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// User is the type User: a user of the domain with what depends on the moment of the request.
type User struct {
	identity.User
	// Batch has the ids of the users that came together with this one.
	Batch *Batch[uuid.UUID]
	now   time.Time
	count CountSessions
}

// CountSessions counts the active sessions of users; those without any are absent.
type CountSessions func(ids []uuid.UUID) (map[uuid.UUID]int, error)

// NewUsers shows users that came together, as they are at the given time. count is asked once for all when somebody
// wants to know.
func NewUsers(list []identity.User, now time.Time, count CountSessions) []*User {
	ids := make([]uuid.UUID, len(list))
	for i, u := range list {
		ids[i] = u.ID
	}
	batch := NewBatch(ids)
	users := make([]User, len(list))
	out := make([]*User, len(list))
	for i, u := range list {
		users[i] = User{User: u, Batch: batch, now: now, count: count}
		out[i] = &users[i]
	}
	return out
}

// IsNode marks the type as a Node.
func (*User) IsNode() {}

// ID is the field id.
func (u *User) ID() string { return KindUser.ID(u.User.ID) }

// Sub is the field sub.
func (u *User) Sub() uuid.UUID { return u.User.ID }

// ActiveSessionCount is the field activeSessionCount. It takes no context, so that gqlgen starts no goroutine for each
// row.
func (u *User) ActiveSessionCount() (*int, error) {
	counts, err := Load(u.Batch, "activeSessionCount", func(ids []uuid.UUID) (map[uuid.UUID]int, error) { return u.count(ids) })
	if err != nil {
		return nil, err
	}
	n := counts[u.Sub()]
	return &n, nil
}

// Locked is the field locked.
func (u *User) Locked() bool { return u.User.Locked(u.now) }

// PasswordChangedAt is the field passwordChangedAt.
func (u *User) PasswordChangedAt() *time.Time { return u.Password.ChangedAt }

// TemporaryPasswordExpiresAt is the field temporaryPasswordExpiresAt.
func (u *User) TemporaryPasswordExpiresAt() *time.Time { return u.Password.ExpiresAt }

// Name is the field name.
func (u *User) Name() string { return u.DisplayName() }

// LastLoginIP is the field lastLoginIp.
func (u *User) LastLoginIP() *string { return optional(&u.User.LastLoginIP) }

// TermsVersion is the field termsVersion.
func (u *User) TermsVersion() *string { return optional(&u.Terms.Version) }

// TermsAcceptedAt is the field termsAcceptedAt.
func (u *User) TermsAcceptedAt() *time.Time { return u.Terms.At }

// CreatedBy is the field createdBy.
func (u *User) CreatedBy() *string { return optional(&u.User.CreatedBy) }

// GivenName is the field givenName.
func (u *User) GivenName() *string { return optional(&u.Claims.GivenName) }

// FamilyName is the field familyName.
func (u *User) FamilyName() *string { return optional(&u.Claims.FamilyName) }

// MiddleName is the field middleName.
func (u *User) MiddleName() *string { return optional(&u.Claims.MiddleName) }

// Nickname is the field nickname.
func (u *User) Nickname() *string { return optional(&u.Claims.Nickname) }

// PreferredUsername is the field preferredUsername.
func (u *User) PreferredUsername() *string { return optional(&u.Claims.PreferredUsername) }

// Profile is the field profile.
func (u *User) Profile() *string { return optional(&u.Claims.Profile) }

// Picture is the field picture.
func (u *User) Picture() *string { return optional(&u.Claims.Picture) }

// Website is the field website.
func (u *User) Website() *string { return optional(&u.Claims.Website) }

// Gender is the field gender.
func (u *User) Gender() *string { return optional(&u.Claims.Gender) }

// Birthdate is the field birthdate.
func (u *User) Birthdate() *string { return optional(&u.Claims.Birthdate) }

// Zoneinfo is the field zoneinfo.
func (u *User) Zoneinfo() *string { return optional(&u.Claims.Zoneinfo) }

// Locale is the field locale.
func (u *User) Locale() *string { return optional(&u.Claims.Locale) }

// PhoneNumber is the field phoneNumber.
func (u *User) PhoneNumber() *string { return optional(&u.Claims.PhoneNumber) }

// PhoneNumberVerified is the field phoneNumberVerified.
func (u *User) PhoneNumberVerified() bool { return u.Claims.PhoneNumberVerified }

// Address is the field address.
func (u *User) Address() *Address {
	if u.Claims.Address.IsZero() {
		return nil
	}
	return &Address{address: *u.Claims.Address}
}

// Address is the type Address.
type Address struct{ address identity.Address }

// Formatted is the field formatted.
func (a *Address) Formatted() *string { return optional(&a.address.Formatted) }

// StreetAddress is the field streetAddress.
func (a *Address) StreetAddress() *string { return optional(&a.address.StreetAddress) }

// Locality is the field locality.
func (a *Address) Locality() *string { return optional(&a.address.Locality) }

// Region is the field region.
func (a *Address) Region() *string { return optional(&a.address.Region) }

// PostalCode is the field postalCode.
func (a *Address) PostalCode() *string { return optional(&a.address.PostalCode) }

// Country is the field country.
func (a *Address) Country() *string { return optional(&a.address.Country) }

// optional shows an empty text, which means "not known" in the domain, as null.
func optional(s *string) *string {
	if *s == "" {
		return nil
	}
	return s
}
