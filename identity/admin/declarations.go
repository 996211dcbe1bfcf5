package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// errDryRun ends the work of a dry run so that nothing of it stays.
var errDryRun = errors.New("dry run")

// Declarations brings the store to a declared state. It holds what the services are made of, because it makes them anew
// inside its transaction.
type Declarations struct {
	deps identity.Deps
	keys *identity.SigningKeys
}

// Apply brings the store to the declared state and adds what is built in, in one transaction: all of it or nothing.
// Applying the same twice changes nothing. With dryRun nothing changes in any case, and the result says what would. What
// Check finds is refused first, all of it. It asks for admin:system:write, and the services that it calls for their own
// scopes.
func (s *Declarations) Apply(ctx context.Context, desired Desired, dryRun bool) ([]Applied, error) {
	if err := s.Check(ctx, desired); err != nil {
		return nil, err
	}
	users, err := s.hashPasswords(ctx, desired.Users)
	if err != nil {
		return nil, err
	}
	desired.Users = users
	sectors := identity.NewSectors(s.deps)
	for _, c := range desired.Clients {
		sectors.Read(ctx, c.Metadata)
	}
	var done []Applied
	err = s.deps.Store.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		inside := s.deps
		inside.Store = &joined{Store: tx}
		a := applier{Services: New(inside, s.keys), store: tx, declared: map[uuid.UUID]bool{}}
		if err := a.apply(ctx, desired); err != nil {
			return err
		}
		done = a.done
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return done, nil
}

// hashPasswords does the slow part before the transaction begins.
func (s *Declarations) hashPasswords(ctx context.Context, users []DesiredUser) ([]DesiredUser, error) {
	out := make([]DesiredUser, len(users))
	for i, want := range users {
		have, exists, err := s.find(ctx, want.Username)
		if err != nil {
			return nil, err
		}
		if err := s.hashPassword(ctx, &want, have, exists); err != nil {
			return nil, under(entry("users", i), err)
		}
		out[i] = want
	}
	return out, nil
}

func (s *Declarations) hashPassword(ctx context.Context, want *DesiredUser, have identity.User, exists bool) error {
	password := want.Password
	switch {
	case exists && !want.ResetPassword: // what the user has is not for the file to say
		return nil
	case exists:
		proof, err := s.deps.Hasher.Verify(ctx, password, have.Password.Hash)
		if err != nil || proof.OK {
			return err
		}
	case want.GeneratePassword:
		want.generated = s.deps.Policy.Temporary(s.deps.Source)
		password = want.generated
	}
	if password == "" {
		return nil
	}
	if want.generated == "" {
		if err := s.deps.Policy.Check(password, want.Username, want.Email); err != nil {
			return err
		}
	}
	var err error
	want.hash, err = s.deps.Hasher.Hash(ctx, password)
	return err
}

// checkCredential refuses what the file cannot mean: several passwords or none, and a password that is set anew each time
// although it is only the first one.
func (u DesiredUser) checkCredential() error {
	if err := oneCredential(u.NewUser); err != nil {
		return err
	}
	switch {
	case u.ResetPassword && u.Password == "":
		return identity.InvalidField("reset_password", "Must not be given without password.")
	case u.ResetPassword && u.RequiresPasswordChange:
		return identity.InvalidField("reset_password", "Must not be given with requires_password_change, which is for the first password.")
	}
	return nil
}

// joined lets the services, which open transactions of their own, work inside the one that is open. It reads scopes,
// resources and attributes once: the services look at all of them for each that is declared.
type joined struct {
	identity.Store
	scopes     readOnce[identity.Scope]
	resources  readOnce[identity.Resource]
	attributes readOnce[identity.AttributeDefinition]
}

// InTx runs fn in the transaction that is open already.
func (j *joined) InTx(ctx context.Context, fn func(ctx context.Context, tx identity.Store) error) error {
	return fn(ctx, j)
}

// Scopes implements identity.ScopeReader.
func (j *joined) Scopes(ctx context.Context) ([]identity.Scope, error) {
	return j.scopes.get(ctx, j.Store.Scopes)
}

// SaveScope implements identity.ScopeStore.
func (j *joined) SaveScope(ctx context.Context, s identity.Scope) error {
	j.scopes.put(s, func(p identity.Scope) bool { return p.Name == s.Name })
	return j.Store.SaveScope(ctx, s)
}

// DeleteScope implements identity.ScopeStore.
func (j *joined) DeleteScope(ctx context.Context, name string) error {
	j.scopes.drop(func(p identity.Scope) bool { return p.Name == name })
	j.attributes = readOnce[identity.AttributeDefinition]{} // it releases none any more
	return j.Store.DeleteScope(ctx, name)
}

// Resources implements identity.ScopeReader.
func (j *joined) Resources(ctx context.Context) ([]identity.Resource, error) {
	return j.resources.get(ctx, j.Store.Resources)
}

// SaveResource implements identity.ScopeStore.
func (j *joined) SaveResource(ctx context.Context, r identity.Resource) error {
	j.resources.put(r, func(p identity.Resource) bool { return p.URI == r.URI })
	return j.Store.SaveResource(ctx, r)
}

// DeleteResource implements identity.ScopeStore.
func (j *joined) DeleteResource(ctx context.Context, uri string) error {
	j.resources.drop(func(p identity.Resource) bool { return p.URI == uri })
	return j.Store.DeleteResource(ctx, uri)
}

// applier works off a declaration, scopes first, because clients name them.
type applier struct {
	*Services
	store    identity.Store
	done     []Applied
	declared map[uuid.UUID]bool // the declared groups, roles and attributes
}

func (a *applier) note(kind identity.TargetKind, name string, verb Verb, secret string) {
	a.done = append(a.done, Applied{Kind: kind, Name: name, Verb: verb, Secret: secret})
}

func (a *applier) apply(ctx context.Context, d Desired) error {
	if err := a.Scopes.ensureBuiltIn(ctx); err != nil {
		return err
	}
	if err := a.scopes(ctx, d); err != nil {
		return err
	}
	if err := a.detailTypes(ctx, d); err != nil {
		return err
	}
	if err := a.attributes(ctx, d); err != nil {
		return err
	}
	if err := a.branding(ctx, d.Branding); err != nil {
		return err
	}
	for i, user := range d.Users {
		if err := a.user(ctx, user); err != nil {
			return under(entry("users", i), err)
		}
	}
	for i, client := range d.Clients {
		if err := a.client(ctx, client); err != nil {
			return under(entry("clients", i), err)
		}
	}
	if err := a.groups(ctx, d); err != nil {
		return err
	}
	for i, role := range d.Roles {
		if err := a.role(ctx, role, d.Prune); err != nil {
			return under(entry("roles", i), err)
		}
	}
	if err := a.providers(ctx, d); err != nil {
		return err
	}
	if err := a.trustedIssuers(ctx, d); err != nil {
		return err
	}
	if err := a.settings(ctx, d); err != nil {
		return err
	}
	if d.Prune {
		return a.prune(ctx, d)
	}
	return nil
}

// scopes saves scopes and resources, and tells those that are new from those that changed.
func (a *applier) scopes(ctx context.Context, d Desired) error {
	known := map[string]bool{}
	scopes, err := a.store.Scopes(ctx)
	if err != nil {
		return err
	}
	for _, s := range scopes {
		known[s.Name] = true
	}
	resources, err := a.store.Resources(ctx)
	if err != nil {
		return err
	}
	for _, r := range resources {
		known[r.URI] = true
	}
	note := func(kind identity.TargetKind, name string, changed bool) {
		verb := verbOf(changed)
		if !known[name] {
			verb = Created
		}
		a.note(kind, name, verb, "")
	}
	for i, scope := range d.Scopes {
		changed, err := a.Scopes.Save(ctx, scope)
		if err != nil {
			return under(entry("scopes", i), err)
		}
		note(identity.TargetScope, scope.Name, changed)
	}
	for i, resource := range d.Resources {
		changed, err := a.Scopes.SaveResource(ctx, resource)
		if err != nil {
			return under(entry("resources", i), err)
		}
		note(identity.TargetResource, resource.URI, changed)
	}
	return nil
}

func verbOf(changed bool) Verb {
	if changed {
		return Updated
	}
	return Unchanged
}

func (a *applier) user(ctx context.Context, want DesiredUser) error {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return err
	}
	have, err := a.store.UserByUsername(ctx, want.Username)
	if errors.Is(err, identity.ErrUserNotFound) {
		n := want.NewUser
		if want.hash != "" {
			n.RequiresPasswordChange = n.RequiresPasswordChange || n.GeneratePassword
			n.Password, n.GeneratePassword, n.PasswordHash, n.made = "", false, want.hash, true
		}
		if _, _, err := a.Users.Create(ctx, n); err != nil {
			return err
		}
		a.note(identity.TargetUser, want.Username, Created, want.generated)
		return nil
	}
	if err != nil {
		return err
	}
	if !want.ResetPassword { // somebody else has created the user since the password was hashed
		want.hash = ""
	}
	active := !want.Inactive
	after, err := a.Users.update(ctx, a.store, have, UserChange{
		Username: &want.Username, Email: &want.Email, Active: &active, Verified: &want.Verified, Admin: &want.Admin, Claims: &want.Claims,
		Attributes: want.Attributes,
	}, want.hash)
	if err != nil {
		return err
	}
	a.note(identity.TargetUser, want.Username, verbOf(after.Version != have.Version), "")
	return nil
}

func (a *applier) client(ctx context.Context, want NewClient) error {
	have, err := a.store.ClientByClientID(ctx, want.ClientID)
	if errors.Is(err, identity.ErrClientNotFound) {
		_, generated, err := a.Clients.Create(ctx, want)
		if err != nil {
			return err
		}
		a.note(identity.TargetClient, want.ClientID, Created, generated)
		return nil
	}
	if err != nil {
		return err
	}
	if have.BuiltIn {
		return errBuiltIn
	}
	active := !want.Inactive
	change := ClientChange{Active: &active, Metadata: &want.Metadata, Policy: want.Policy}
	generated := ""
	if after := change.apply(have); want.Secret == "" && after.UsesSecret() && len(after.FittingSecrets()) == 0 {
		generated = after.MakeSecret(a.Clients.source)
		want.Secret = generated
	}
	if want.Secret != "" {
		change.Secret = &want.Secret
	}
	_, changed, err := a.Clients.Update(ctx, have.ID, change, nil)
	if err != nil {
		return err
	}
	a.note(identity.TargetClient, want.ClientID, verbOf(changed), generated)
	return nil
}

// prune removes what is not declared, also a scope or a resource that something still names: the file has the last word.
func (a *applier) prune(ctx context.Context, d Desired) error {
	if d.prunesRoles() { // before clients, with which theirs go
		if err := a.pruneRoles(ctx); err != nil {
			return err
		}
	}
	if d.prunesGroups() {
		if err := a.pruneGroups(ctx); err != nil {
			return err
		}
	}
	clients, err := a.store.Clients(ctx)
	if err != nil {
		return err
	}
	declared := map[identity.TargetKind]map[string]bool{identity.TargetClient: {}, identity.TargetScope: {}, identity.TargetResource: {}}
	for _, c := range d.Clients {
		declared[identity.TargetClient][c.ClientID] = true
	}
	for _, s := range d.Scopes {
		declared[identity.TargetScope][s.Name] = true
	}
	for _, r := range d.Resources {
		declared[identity.TargetResource][r.URI] = true
	}
	for _, c := range clients {
		if c.BuiltIn || declared[identity.TargetClient][c.ClientID] {
			continue
		}
		if err := a.Clients.Delete(ctx, c.ID); err != nil {
			return fmt.Errorf("client %q: %w", c.ClientID, err)
		}
		a.note(identity.TargetClient, c.ClientID, Deleted, "")
	}
	scopes, err := a.store.Scopes(ctx)
	if err != nil {
		return err
	}
	for _, s := range slices.Clone(scopes) { // deletions are taken out of the list
		if s.BuiltIn || declared[identity.TargetScope][s.Name] {
			continue
		}
		if _, err := a.Scopes.DeleteWith(ctx, s.Name, Deletion{named: true}); err != nil {
			return fmt.Errorf("scope %q: %w", s.Name, err)
		}
		a.note(identity.TargetScope, s.Name, Deleted, "")
	}
	resources, err := a.store.Resources(ctx)
	if err != nil {
		return err
	}
	for _, r := range slices.Clone(resources) {
		if declared[identity.TargetResource][r.URI] {
			continue
		}
		if _, err := a.Scopes.DeleteResourceWith(ctx, r.URI, Deletion{named: true}); err != nil {
			return fmt.Errorf("resource %q: %w", r.URI, err)
		}
		a.note(identity.TargetResource, r.URI, Deleted, "")
	}
	return nil
}
