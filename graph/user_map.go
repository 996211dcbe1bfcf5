package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// showUsers shows users that came together.
func (r *Resolver) showUsers(ctx context.Context, list []identity.User) []*model.User {
	return model.NewUsers(list, r.domain.Source.Now(), func(ids []uuid.UUID) (map[uuid.UUID]int, error) {
		return r.admin.Users.ActiveSessionCounts(ctx, ids)
	})
}

// showUser shows one user, or null for one who does not exist.
func (r *Resolver) showUser(ctx context.Context, u identity.User, err error) (*model.User, error) {
	if errors.Is(err, identity.ErrUserNotFound) {
		return nil, nil // null stands for what does not exist
	}
	if err != nil {
		return nil, err
	}
	return r.showUsers(ctx, []identity.User{u})[0], nil
}

func userBy(by model.UserBy) (identity.UserBy, bool) {
	if id := by.ID.Value(); id != nil {
		parsed, ok := model.KindUser.Parse(*id)
		return identity.UserBy{ID: parsed}, ok
	}
	if subject := by.Subject.Value(); subject != nil {
		return identity.UserBy{Subject: identity.ClientSubject{ClientID: subject.ClientID, Sub: subject.Sub}}, true
	}
	return identity.UserBy{Username: text(by.Username), Email: text(by.Email)}, true
}

func userList(filter *model.UserFilter, search *string, order model.UserOrder) admin.UserList {
	list := admin.UserList{Order: identity.UserOrder{
		Field: identity.UserOrderField(order.Field), Descending: order.Direction == model.SortDirectionDesc,
	}}
	if filter != nil {
		list.Filter = userFilter(filter)
	}
	if search != nil {
		list.Search = *search
	}
	return list
}

func userFilter(f *model.UserFilter) identity.UserFilter {
	out := identity.UserFilter{
		And: userFilters(f.And), Or: userFilters(f.Or),
		Username: stringMatch(f.Username), Email: stringMatch(f.Email),
		GivenName: stringMatch(f.GivenName), FamilyName: stringMatch(f.FamilyName),
		Locale: stringMatch(f.Locale), Zoneinfo: stringMatch(f.Zoneinfo),
		Active: f.Active.Value(), Verified: f.Verified.Value(), Admin: f.Admin.Value(),
		RequiresPasswordChange: f.RequiresPasswordChange.Value(),
		Locked:                 f.Locked.Value(), HasActiveSessions: f.HasActiveSessions.Value(),
		CreatedAt: timeMatch(f.CreatedAt), UpdatedAt: timeMatch(f.UpdatedAt), LastLoginAt: timeMatch(f.LastLoginAt),
	}
	for _, m := range f.Attributes.Value() {
		out.Attributes = append(out.Attributes, identity.AttributeMatch{Name: m.Name, Value: m.Eq})
	}
	if not := f.Not.Value(); not != nil {
		inner := userFilter(not)
		out.Not = &inner
	}
	return out
}

func userFilters(list graphql.Omittable[[]*model.UserFilter]) []identity.UserFilter {
	var out []identity.UserFilter
	for _, f := range list.Value() {
		out = append(out, userFilter(f))
	}
	return out
}

func stringMatch(field graphql.Omittable[*model.StringFilter]) *identity.StringMatch {
	f := field.Value()
	if f == nil {
		return nil
	}
	return &identity.StringMatch{
		Equal: f.Eq.Value(), NotEqual: f.Ne.Value(), In: f.In.Value(),
		Contains: f.Contains.Value(), StartsWith: f.StartsWith.Value(), IsNull: f.IsNull.Value(),
	}
}

func timeMatch(field graphql.Omittable[*model.DateTimeFilter]) *identity.TimeMatch {
	f := field.Value()
	if f == nil {
		return nil
	}
	return &identity.TimeMatch{From: f.Gte.Value(), Before: f.Lt.Value(), IsNull: f.IsNull.Value()}
}

func newUser(in model.CreateUserInput) admin.NewUser {
	generate := in.Password.GenerateTemporary.Value()
	claims := identity.Claims{PhoneNumberVerified: in.PhoneNumberVerified, Address: address(in.Address.Value())}
	for i, claim := range textClaims {
		*claim.Text(&claims) = text(createClaims.at(in, i))
	}
	return admin.NewUser{
		Username: in.Username, Email: in.Email,
		Password: text(in.Password.Password), GeneratePassword: generate != nil && *generate,
		Inactive: !in.Active, Verified: in.Verified, Admin: in.Admin, RequiresPasswordChange: in.RequiresPasswordChange,
		Claims: claims, Attributes: userAttributes(in.Attributes).values(),
	}
}

func address(in *model.AddressInput) *identity.Address {
	if in == nil {
		return nil
	}
	return &identity.Address{
		Formatted: text(in.Formatted), StreetAddress: text(in.StreetAddress), Locality: text(in.Locality),
		Region: text(in.Region), PostalCode: text(in.PostalCode), Country: text(in.Country),
	}
}

// text reads an optional text; absent and null are empty, which means "not known" in the domain.
func text(field graphql.Omittable[*string]) string {
	if value := field.Value(); value != nil {
		return *value
	}
	return ""
}
