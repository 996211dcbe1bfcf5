package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/authly/authly/identity"
)

// Check returns everything that is wrong with a declaration, each under the path of its field in the file, such as
// clients[3].redirect_uris[2], and changes nothing. It asks for admin:system:write.
func (s *Declarations) Check(ctx context.Context, desired Desired) error {
	if err := requireScope(ctx, identity.ScopeSystemWrite); err != nil {
		return err
	}
	c := check{Declarations: s, desired: desired, first: map[string]string{}}
	if err := c.registered(ctx); err != nil {
		return err
	}
	for i, user := range desired.Users { // before all others, because users may name users that come later
		c.repeated(entry("users", i), "username", user.Username)
	}
	c.attributes(ctx)
	if desired.Branding != nil {
		c.add("branding", desired.Branding.Check(s.deps.Texts))
	}
	for i, user := range desired.Users {
		c.add(entry("users", i), c.user(ctx, entry("users", i), user))
	}
	for i, scope := range desired.Scopes {
		c.repeated(entry("scopes", i), "name", scope.Name)
		c.add(entry("scopes", i), scope.Check())
	}
	for i, resource := range desired.Resources {
		c.resource(entry("resources", i), resource)
	}
	c.detailTypes()
	for i, client := range desired.Clients {
		c.add(entry("clients", i), c.client(ctx, entry("clients", i), client))
	}
	c.groups(ctx)
	c.providers(ctx)
	for i, issuer := range desired.Trusted {
		c.repeated(entry("trusted_issuers", i), "issuer", issuer.Issuer)
		c.add(entry("trusted_issuers", i), issuer.WithDefaults().Check(c.deps.Settings.Get().Issuer))
	}
	c.settings()
	switch {
	case c.failed != nil:
		return c.failed
	case len(c.faults) > 0:
		return c.faults
	}
	return nil
}

// entry is the path of one entry of a declaration.
func entry(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// under puts the path of an entry before the fields of a refusal.
func under(entry string, err error) error {
	var faults identity.Faults
	faults.AddUnder(entry, err)
	return faults.Err()
}

// check is the work of Check.
type check struct {
	*Declarations
	desired     Desired
	targets     map[string]bool                // what tokens can be made for when the declaration has been applied
	definitions []identity.AttributeDefinition // when it has been applied
	first       map[string]string              // the path at which each name was declared first, by list, field and NameKey
	faults      identity.FieldErrors
	failed      error // what is no fault of the declaration
}

// add takes in what is wrong with an entry. A declaration is an operator's file, so that all of them are told.
func (c *check) add(at string, err error) {
	if err == nil {
		return
	}
	for _, e := range identity.AllErrors(err) {
		if e.Kind == identity.Internal || e.Kind == identity.Unavailable {
			c.failed = err
			return
		}
		c.faults = append(c.faults, e.Under(at))
	}
}

// name is the key of first.
func (c *check) name(list, field, name string) string {
	return list + " " + field + " " + c.deps.Store.NameKey(name)
}

// repeated notes that an entry has the name of one before it. Names that differ in case only are the same: one of them
// is a slip, and where they are distinct, people take one for the other.
func (c *check) repeated(at, field, name string) {
	if name == "" {
		return
	}
	list, _, _ := strings.Cut(at, "[")
	c.same(at, field, c.name(list, field, name))
}

// same refuses a field of an entry if there is one of the same key already.
func (c *check) same(at, field, key string) {
	if first, found := c.first[key]; found {
		c.add(at, sameAs(field, c.desired.place(first)))
		return
	}
	c.first[key] = at + "." + field
}

func sameAs(field, first string) error {
	return identity.InvalidField(field, "Is the same as %s.", first)
}

// repeatedItems does the same for the elements of a list of URIs or scopes within an entry.
func (c *check) repeatedItems(at, field string, items []string) {
	c.add(at, identity.RepeatedItems(field, items, func(first string) string { return c.desired.place(at + "." + first) }))
}

func (c *check) user(ctx context.Context, at string, want DesiredUser) error {
	c.repeated(at, "email", want.Email)
	var faults identity.Faults
	have, exists, err := c.find(ctx, want.Username)
	if err != nil {
		return err
	}
	faults.Add(identity.User{Username: want.Username, Email: want.Email, Claims: want.Claims}.Check())
	faults.Add(want.checkCredential())
	if want.Password != "" && (!exists || want.ResetPassword) {
		faults.Add(c.deps.Policy.Check(want.Password, want.Username, want.Email))
	}
	if want.PasswordHash != "" {
		faults.Add(checkHash(c.deps.Hasher, want.PasswordHash))
	}
	faults.Add(c.taken(ctx, want, have))
	faults.Add(c.userAttributes(ctx, at, want, have, exists))
	faults.Add(c.preferred(ctx, at, want))
	return faults.Err()
}

// find returns the user of a name, if there is one.
func (s *Declarations) find(ctx context.Context, username string) (identity.User, bool, error) {
	user, err := s.deps.Store.UserByUsername(ctx, username)
	if errors.Is(err, identity.ErrUserNotFound) {
		return identity.User{}, false, nil
	}
	return user, err == nil, err
}

// taken refuses the address of a user who keeps it, because the declaration does not name them.
func (c *check) taken(ctx context.Context, want DesiredUser, have identity.User) error {
	other, err := c.deps.Store.UserByEmail(ctx, want.Email)
	if errors.Is(err, identity.ErrUserNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, named := c.first[c.name("users", "username", other.Username)]; named || other.ID == have.ID {
		return nil
	}
	return &identity.Error{
		Kind: identity.Conflict, Code: identity.CodeDuplicateEmail, Field: "email", Detail: "Is the address of another user.",
	}
}

// preferred refuses a preferred_username that is the username of somebody else.
func (c *check) preferred(ctx context.Context, at string, want DesiredUser) error {
	name := c.deps.Store.NameKey(want.Claims.PreferredUsername)
	if name == "" || name == c.deps.Store.NameKey(want.Username) {
		return nil
	}
	if first, found := c.first[c.name("users", "username", name)]; found && first != at+".username" {
		return sameAs("preferred_username", c.desired.place(first))
	}
	if _, found, err := c.find(ctx, name); err != nil || !found {
		return err
	}
	return identity.InvalidField("preferred_username", "Is the username of another user.")
}

// registered finds out which resources there will be.
func (c *check) registered(ctx context.Context) error {
	c.targets = map[string]bool{New(c.deps, c.keys).Clients.issuer: true}
	for _, r := range c.desired.Resources {
		c.targets[r.URI] = true
	}
	if c.desired.Prune {
		return nil
	}
	resources, err := c.deps.Store.Resources(ctx)
	for _, r := range resources {
		c.targets[r.URI] = true
	}
	return err
}

func (c *check) resource(at string, want identity.Resource) {
	if want.URI != "" {
		c.same(at, "uri", "resources uri "+identity.FoldURI(want.URI))
	}
	c.add(at, want.WithDefaults().Check())
	c.add(at, notTheIssuer(want, c.deps.Settings.Get().Issuer))
	c.repeatedItems(at, "scopes", want.Scopes)
	for i, uri := range want.Audiences { // a token for one must not open another
		c.same(at, entry("audiences", i), "resources uri "+identity.FoldURI(uri))
	}
}

func (c *check) client(ctx context.Context, at string, want NewClient) error {
	c.repeated(at, "client_id", want.ClientID)
	c.repeatedItems(at, "redirect_uris", want.Metadata.RedirectURIs)
	c.repeatedItems(at, "post_logout_redirect_uris", want.Metadata.PostLogoutRedirectURIs)
	c.repeatedItems(at, "request_uris", want.Metadata.RequestURIs)
	var faults identity.Faults
	faults.Add(want.check())
	have, err := c.deps.Store.ClientByClientID(ctx, want.ClientID)
	switch {
	case err != nil && !errors.Is(err, identity.ErrClientNotFound):
		return err
	case have.BuiltIn:
		faults.Add(errBuiltIn)
	}
	if want.Policy == nil {
		return faults.Err()
	}
	c.repeatedItems(at, "audiences", want.Policy.Audiences)
	c.repeatedItems(at, "exchange_resources", want.Policy.ExchangeResources)
	c.repeatedItems(at, "assertion_issuers", want.Policy.AssertionIssuers)
	if target := want.Policy.DefaultResource; identity.ValidResource(target) && !c.targets[target] {
		faults.Add(errDefaultResource)
	}
	return faults.Err()
}

// errBuiltIn refuses to declare a client that the program keeps as it wants it.
var errBuiltIn = identity.InvalidField("client_id", "Is one of the built-in clients.")
