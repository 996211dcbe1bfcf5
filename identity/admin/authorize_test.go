package admin_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// untouched is a store that fails the test when anything is asked of it.
type untouched struct {
	identity.Store // nil: any other method panics
	t              *testing.T
}

func (u untouched) InTx(context.Context, func(context.Context, identity.Store) error) error {
	u.t.Error("a transaction was begun before the scope was checked")
	return errors.New("no")
}

// services returns every service with its exported methods, by name.
func services(t *testing.T, all *admin.Services) map[string]reflect.Value {
	t.Helper()
	methods := map[string]reflect.Value{}
	v := reflect.ValueOf(all).Elem()
	for i := range v.NumField() {
		service := v.Field(i)
		for j := range service.NumMethod() {
			methods[v.Type().Field(i).Name+"."+service.Type().Method(j).Name] = service.Method(j)
		}
	}
	return methods
}

// call runs a method with the context and zero values, and returns its error.
func call(ctx context.Context, method reflect.Value) (err error) {
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < method.Type().NumIn(); i++ {
		in = append(in, reflect.Zero(method.Type().In(i)))
	}
	defer func() {
		if fault := recover(); fault != nil { // it went on without its scope, and met a store that is not there
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	run := method.Call
	if method.Type().IsVariadic() {
		run = method.CallSlice
	}
	out := run(in)
	err, _ = out[len(out)-1].Interface().(error)
	return err
}

// TestEveryMethodAsksForAScope finds the methods by reflection, so that a new one cannot be forgotten: each refuses
// nobody, a user who is no administrator and an administrator without its scope, before it looks at its arguments or
// the store; and none refuses the operator.
func TestEveryMethodAsksForAScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	deps := f.deps
	deps.Store = untouched{t: t}
	guarded := services(t, servicesOn(deps))
	every := make([]string, 0, len(identity.BuiltInScopes()))
	for _, scope := range identity.BuiltInScopes() {
		every = append(every, scope.Name)
	}
	refused := map[string]struct {
		actor identity.Actor
		code  identity.Code
	}{
		"nobody":                           {identity.Actor{Kind: identity.ActorAnonymous}, identity.CodeUnauthenticated},
		"a user with every scope":          {identity.Actor{Kind: identity.ActorUser, Scopes: every}, identity.CodeForbidden},
		"a client with every scope":        {identity.Actor{Kind: identity.ActorClient, Scopes: every}, identity.CodeForbidden},
		"an administrator without a scope": {identity.Actor{Kind: identity.ActorUser, Admin: true}, identity.CodeInsufficientScope},
	}
	for name, method := range guarded {
		for who, test := range refused {
			if err := call(identity.WithActor(t.Context(), test.actor), method); !errors.Is(err, coded(test.code)) {
				t.Errorf("%s for %s: got %v, want %s", name, who, err, test.code)
			}
		}
	}
	for name, method := range services(t, f.admin) {
		err := call(f.ctx, method)
		for _, test := range refused {
			if errors.Is(err, coded(test.code)) {
				t.Errorf("%s is refused to the operator: %v", name, err)
			}
		}
	}
	if len(guarded) < 40 {
		t.Errorf("only %d methods were found", len(guarded))
	}
}

// partsOfUsersWrite are the methods that a part of that scope opens too.
var partsOfUsersWrite = map[string]string{
	"Users.Unlock": identity.ScopeUsersUnlock, "Users.ResetPassword": identity.ScopeUsersReset,
	"Users.CreateRecoveryLink": identity.ScopeUsersReset,
}

// mailReading are what it takes to see messages, which are of the server and to persons.
var mailReading = []string{identity.ScopeSystemRead, identity.ScopeUsersRead}

var settingsWriting = []string{identity.ScopeSettingsWrite, identity.ScopeAdminsWrite}

// scopesTogether are what methods ask for that need several scopes.
var scopesTogether = map[string][]string{
	"Users.Recover": {identity.ScopeUsersReset, identity.ScopeUsersWrite},
	"Mails.List":    mailReading, "Mails.Count": mailReading, "Mails.ByIDs": mailReading,
	"Mails.Retry":     append([]string{identity.ScopeSystemWrite}, mailReading...),
	"Mails.SendTest":  append([]string{identity.ScopeSystemWrite}, mailReading...),
	"Branding.Update": settingsWriting,
	"Trusted.Create":  settingsWriting, "Trusted.Update": settingsWriting, "Trusted.Delete": settingsWriting,
	"Providers.Create": settingsWriting, "Providers.Update": settingsWriting, "Providers.Delete": settingsWriting,
	"Transfers.ExportAuditEvents": {identity.ScopeAuditRead, identity.ScopeJobsWrite},
	"Declarations.Export": {
		identity.ScopeSystemRead, identity.ScopeUsersRead, identity.ScopeClientsRead, identity.ScopeScopesRead, identity.ScopeGroupsRead,
		identity.ScopeRolesRead, identity.ScopeSettingsRead,
	},
	"Transfers.Reseal": {identity.ScopeJobsWrite, identity.ScopeKeysWrite},
	"Transfers.ExportUserData": {
		identity.ScopeJobsWrite, identity.ScopeUsersRead, identity.ScopeSessionsRead, identity.ScopeGroupsRead, identity.ScopeRolesRead,
		identity.ScopeAuditRead,
	},
}

// TestEveryMethodHasOneScope: each method is open to exactly one scope of all, or to several together, and none that changes
// something to a scope to read.
func TestEveryMethodHasOneScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	accepted := map[string][]string{}
	for name, method := range services(t, f.admin) {
		for _, scope := range identity.BuiltInScopes() {
			if err := call(f.as(root, scope.Name), method); !errors.Is(err, coded(identity.CodeInsufficientScope)) {
				accepted[name] = append(accepted[name], scope.Name)
			}
		}
		if together := scopesTogether[name]; together != nil {
			if err := call(f.as(root, together...), method); errors.Is(err, coded(identity.CodeInsufficientScope)) || accepted[name] != nil {
				t.Errorf("%s is open to %v, and with all to %v", name, accepted[name], err)
			}
			continue
		}
		part, known := partsOfUsersWrite[name]
		if known && slices.Equal(accepted[name], []string{identity.ScopeUsersWrite, part}) {
			continue
		}
		if known || len(accepted[name]) != 1 {
			t.Errorf("%s is open to %v; it must ask for exactly one scope", name, accepted[name])
		}
	}
	wantSame(t, writesWithReadScope(t, accepted), []string(nil))
}

// writesWithReadScope returns the methods whose code runs a change (runIdempotent, InTx) although a scope to read opens
// them.
func writesWithReadScope(t *testing.T, accepted map[string][]string) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	noError(t, err)
	var wrong []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		noError(t, err)
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() {
				continue
			}
			star, ok := fn.Recv.List[0].Type.(*ast.StarExpr)
			if !ok {
				continue
			}
			name := star.X.(*ast.Ident).Name + "." + fn.Name.Name
			scopes := accepted[name]
			if len(scopes) == 1 && strings.HasSuffix(scopes[0], ":read") && changesSomething(fn) {
				wrong = append(wrong, name)
			}
		}
	}
	return wrong
}

func changesSomething(fn *ast.FuncDecl) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (strings.HasPrefix(id.Name, "runIdempotent") || id.Name == "InTx") {
			found = true
		}
		return !found
	})
	return found
}
