package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/internal/translation"
	"github.com/authly/authly/tests/harness"
)

// unread are the files of identity whose refusals nobody reads on a page: clients, administrators and operators do.
var unread = []string{
	"assertion.go", "assertion_grant.go", "attribute.go", "attribute_claims.go", "audit_verify.go", "authorization_detail.go", "backchannel.go", "brand.go", "brand_colour.go", "brand_style.go", "certificate.go", "client_authentication.go", "client_check.go", "client_credentials.go", "client_document.go", "client_entity.go",
	"client_list.go", "client_localized.go", "client_profile.go", "client_registration.go", "client_registration_policy.go", "client_request.go", "console.go", "delegation.go", "encryption.go", "event_delivery.go", "event_stream.go", "event_streams.go", "grants.go", "group.go", "initial_access_token.go", "interaction_handle.go", "key_set.go", "key_succession.go", "mail_by_admin.go",
	"membership_mapping.go", "password_grant.go", "pkce.go", "polling.go", "proof.go", "provider.go", "pushed_request.go", "redirect_uri.go", "request_object.go", "response_type.go", "scope_check.go", "sector.go", "signing_keys.go", "software_statement.go",
	"token_exchange.go", "transfer_download.go", "transfers.go", "trust_chain.go", "trusted_issuer.go",
}

// unsaid are refusals of other files that nobody reads on a page, or instead of which a page says something of its own.
var unsaid = []string{
	"Is trusted already.", "A public client cannot bring assertions.",
	"%s", // what is wrong with JSON
	"Must be the name of an attribute that is filterable.", "The body names no claim to change.", "Changing %s needs the scope %s.",
	"Must be null, a text, a number, true, false, or a list of them.", "Must be the same password.", "Has an account already: sign in with it.",
	"The current version is %d.", "No such user.", "No such client.", "No such secret of the client.", "No such group.", "No such role.",
	"No such attribute.", "No such type of authorization details.", "No such scope.", "No such resource.", "No such session.", "No such grant.", "No such consent.", "No such job.",
	"The user must sign in.", "The user must give consent.", "The user must act before this can go on.", "Not found.",
	"The access token is invalid, has expired or was revoked.", "Client authentication failed.",
	"The grant is invalid, has expired or was revoked.", "The service is temporarily unavailable.",
	"There must be at least one active administrator.", "Administrators cannot take away their own access.",
	"There are groups below this one; delete them with it, or move them away.",
	"Users or groups have this role; say that it is taken from them.", "Has as many groups or roles as there may be.",
	"Users have values of this attribute; say that these are removed.", "The idempotency key was used with other arguments; take a new one.",
	"Nobody has allowed it yet.", "The client asks too often: there must be %d seconds between two requests, and 5 more after each such answer.",
	"No such invitation.", "Nobody can register at present (AUTHLY_REGISTRATION).", "Must be between an hour and 30 days from now.",
	"Must name at most %d groups, each once.", "Must not be groups whose members administer: add the user when there is one.",
	"Users are connected with this provider; disable it instead.", "Is the slug of another identity provider.",
	"Must be accepted.", "The decision must be accept or deny.", "The person has refused.", "The device code has expired.", "Internal error.", "This client_id is taken.", "Is the URI of another resource.", "Is the name of another scope.", "Is the id of another user.",
	"Has the URI or an audience of another resource.", "Must leave every group within %d levels.", "Another role there has this name.",
	"Is the name or the claim of another attribute.", "Is the claim of another attribute.", "Another group there has this name.",
}

// literal returns the text of a constant expression of strings.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, also := literal(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}

// sources parses the files of a folder that are no tests.
func sources(t *testing.T, folder string, each func(name string, f *ast.File)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(harness.Root(t), folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		each(filepath.Base(name), f)
	}
}

// called returns the name of the function of a call, without its package.
func called(call *ast.CallExpr) (pkg, name string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return "", f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name, f.Sel.Name
		}
	}
	return "", ""
}

// saidInGo adds the texts that handlers say; each must stand in its call, where this test finds it.
func saidInGo(t *testing.T, used map[string]string) {
	t.Helper()
	sources(t, "web", func(name string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if _, function := called(call); function == "say" {
				if text, ok := literal(call.Args[0]); ok {
					used[text] = "web/" + name
				} else if name != "phrase.go" {
					t.Errorf("web/%s says a text that is not in the call", name)
				}
			}
			return true
		})
	})
}

// refusedInGo adds the details of the errors that people may read.
func refusedInGo(t *testing.T, used map[string]string) {
	t.Helper()
	detailAt := map[string]int{"Errorf": 2, "InvalidField": 1, "rateLimited": 0, "refuse": 0, "duplicate": 2} // argument
	for _, folder := range []string{"identity", "internal/password", "store"} {
		sources(t, folder, func(name string, f *ast.File) {
			if folder == "identity" && slices.Contains(unread, name) {
				return
			}
			add := func(e ast.Expr) {
				if text, ok := literal(e); ok && !slices.Contains(unsaid, text) && (folder != "store" || name == "error.go" || name == "user_attribute.go") {
					used[text] = folder + "/" + name
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					pkg, function := called(n)
					if at, ok := detailAt[function]; ok && len(n.Args) > at && (pkg == "" || pkg == "identity") {
						add(n.Args[at])
					}
				case *ast.KeyValueExpr:
					if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Detail" {
						add(n.Value)
					}
				}
				return true
			})
		})
	}
}

var (
	action    = regexp.MustCompile(`\{\{.*?\}\}`)
	translate = regexp.MustCompile(`\bt "((?:[^"\\]|\\.)*)"`)
	tag       = regexp.MustCompile(`<[^>]*>|[a-z-]+="[^"]*"`)
	readAloud = regexp.MustCompile(`(?:aria-label|title|alt|placeholder)="([^"{]+)"`)
	word      = regexp.MustCompile(`\pL{2,}`)
)

// saidInTemplates adds the texts of templates, in which nothing stands that is not translated.
func saidInTemplates(t *testing.T, used map[string]string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(harness.Root(t), "web/templates/*.html"))
	if err != nil || len(names) == 0 {
		t.Fatalf("templates: %v, %v", names, err)
	}
	for _, path := range names {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := "web/templates/" + filepath.Base(path)
		for _, m := range translate.FindAllStringSubmatch(string(content), -1) {
			used[m[1]] = name
		}
		plain := action.ReplaceAllString(string(content), "")
		for _, m := range readAloud.FindAllStringSubmatch(plain, -1) {
			t.Errorf("%s: %q is not translated", name, m[1])
		}
		for _, w := range word.FindAllString(tag.ReplaceAllString(plain, " "), -1) {
			if !slices.Contains([]string{"client", "redirect", "uri", "id", "scope", "required", "autofocus"}, w) {
				t.Errorf("%s: %q is not translated", name, w)
			}
		}
	}
}

// saidInMails adds the subjects and paragraphs of messages. A paragraph that is nothing but a fact is in no language.
func saidInMails(t *testing.T, used map[string]string) {
	t.Helper()
	found := 0
	sources(t, "internal/mail", func(name string, f *ast.File) {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || len(g.Specs) != 1 {
				continue
			}
			v, ok := g.Specs[0].(*ast.ValueSpec)
			if !ok || v.Names[0].Name != "texts" {
				continue
			}
			ast.Inspect(v, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				text, ok := literal(e)
				if ok && strings.TrimSpace(action.ReplaceAllString(text, "")) != "" {
					used[text] = "internal/mail/" + name
					found++
				}
				return !ok
			})
		}
	})
	if found < 50 {
		t.Errorf("%d texts of messages were found", found)
	}
}

// TestEveryTextForPeopleIsTranslated walks the templates, the handlers, the refusals of the domain and the messages: each text
// is in the catalogues, and no other is. That every language has it, with the same placeholders, is shown in
// internal/translation.
func TestEveryTextForPeopleIsTranslated(t *testing.T) {
	t.Parallel()
	used := map[string]string{"%[1]s %[2]s %[3]s, %[4]s UTC": "internal/translation"}
	for m := time.January; m <= time.December; m++ {
		used[m.String()] = "internal/translation"
	}
	saidInTemplates(t, used)
	saidInGo(t, used)
	refusedInGo(t, used)
	saidInMails(t, used)
	for text, where := range used {
		if !translation.Knows(text) {
			t.Errorf("%s: %q is in no catalogue", where, text)
		}
	}
	for _, text := range translation.Texts() {
		if used[text] == "" {
			t.Errorf("nothing says %q any more", text)
		}
	}
}
