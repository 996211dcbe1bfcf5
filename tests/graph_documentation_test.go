package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

var (
	documentedExample = regexp.MustCompile("(?s)```graphql\n(.*?)```\n(?:\n```json\n(.*?)```)?")
	rootType          = regexp.MustCompile(`(?ms)^type (?:Query|Mutation) \{\n(.*?)^\}`)
	rootField         = regexp.MustCompile(`(?m)^  """\n  (\w+)[(:]`)
)

// TestTheAdminAPIIsDocumented runs every example of docs/admin-api.md, each with users of its own, and every root field
// has one.
func TestTheAdminAPIIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/admin-api.md")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("../docs/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	a := administer(t, harness.SQLite(t), harness.Env("AUTHLY_SMTP_URL", "log:"), harness.Env("AUTHLY_REGISTRATION", "invite"))
	client := "cli_" + a.Client(t, "web").ID.String()
	made := a.run(t, `mutation{createClient(input:{redirectUris:["https://moved.example.org/cb"]}){client{id}}}`)
	moved := dig(made, "createClient", "client", "id").(string)
	added := a.run(t, "mutation($id:ID!){addClientSecret(input:{id:$id}){secretId}}", "id", moved)
	secret := dig(added, "addClientSecret", "secretId").(string)
	examples := documentedExample.FindAllStringSubmatch(string(page), -1)
	for i, example := range examples {
		a.token = consoleToken(t, a.Node, every()...) // the clock runs fast
		subject := fmt.Sprintf("subject%d", i)
		id, other := a.added(t, subject, nil), a.added(t, subject+"-b", nil)
		a.signIn(t, subject, harness.BobPassword)
		hangs := a.run(t, "query($id:ID!){user(by:{id:$id}){sessions{nodes{id}} grants{id} consents{id} auditEvents{nodes{id}}}}", "id", id)["user"]
		consent := ""
		if list, _ := dig(hangs, "consents").([]any); len(list) > 0 {
			consent, _ = dig(hangs, "consents", 0, "id").(string)
		}
		const sample = "019d3751-c1ab-7000-8000-00000000000"
		keys := a.run(t, "{signingKeys{id algorithm state}}")["signingKeys"].([]any)
		key := keys[slices.IndexFunc(keys, func(k any) bool { return dig(k, "algorithm") == "RS256" && dig(k, "state") == "NEXT" })]
		variables := strings.NewReplacer("usr_"+sample+"1", id, "usr_"+sample+"2", other, "cli_"+sample+"1", client, "cli_"+sample+"2", moved, "sec_"+sample+"1", secret,
			"ses_"+sample+"1", dig(hangs, "sessions", "nodes", 0, "id").(string), "gra_"+sample+"1", dig(hangs, "grants", 0, "id").(string),
			"con_"+sample+"1", consent, "grp_"+sample+"1", a.documentedGroup(t, i, id),
			"inv_"+sample+"1", a.documentedInvitation(t, i),
			"rol_"+sample+"1", a.documentedRole(t, i, id),
			"aud_"+sample+"1", dig(hangs, "auditEvents", "nodes", 0, "id").(string), "key_"+sample+"1", dig(key, "id").(string)).
			Replace(example[2])
		if strings.Contains(variables, "job_") {
			variables = strings.NewReplacer("job_"+sample+"1", a.documentedJob(t, identity.TransferRunning),
				"job_"+sample+"2", a.documentedJob(t, identity.TransferPaused)).Replace(variables)
		}
		if strings.Contains(variables, "iat_") {
			made := a.run(t, `mutation{createInitialAccessToken(input:{name:"documented"}){initialAccessToken{id}}}`)
			variables = strings.ReplaceAll(variables, "iat_"+sample+"1", dig(made, "createInitialAccessToken", "initialAccessToken", "id").(string))
		}
		for _, kind := range []model.Kind{model.KindPasskey, model.KindKey} {
			if strings.Contains(variables, string(kind)) {
				variables = strings.ReplaceAll(variables, string(kind)+sample+"1", a.documentedPasskey(t, id, kind))
			}
		}
		if strings.Contains(variables, "idp_") {
			variables = strings.ReplaceAll(variables, "idp_"+sample+"1", model.KindProvider.ID(a.documentedProvider(t, i).ID))
		}
		if strings.Contains(variables, "tri_") {
			variables = strings.ReplaceAll(variables, "tri_"+sample+"1", model.KindTrusted.ID(a.documentedIssuer(t, i).ID))
		}
		if strings.Contains(variables, "lid_") {
			variables = strings.ReplaceAll(variables, "lid_"+sample+"1", a.documentedLink(t, i, id))
		}
		if strings.Contains(variables, "mai_") {
			variables = strings.ReplaceAll(variables, "mai_"+sample+"1", a.documentedMail(t, id))
		}
		if strings.Contains(variables, "atr_") { // there are not as many as there are examples
			variables = strings.ReplaceAll(variables, "atr_"+sample+"1", a.documentedAttribute(t, i))
		}
		given := object{}
		if variables != "" {
			if err := json.Unmarshal([]byte(variables), &given); err != nil {
				t.Fatalf("%s: %v", variables, err)
			}
		}
		var list []any
		for name, value := range given {
			list = append(list, name, value)
		}
		for field, payload := range a.run(t, example[1], list...) {
			if payload == nil || problems(payload) != "" || strings.Contains(fmt.Sprint(payload), "message:") {
				t.Errorf("%s: %v", field, payload)
			}
		}
	}
	for _, root := range rootType.FindAllStringSubmatch(string(schema), -1) {
		for _, field := range rootField.FindAllStringSubmatch(root[1], -1) {
			asked := regexp.MustCompile(`\b` + field[1] + `\s*(\(|\{)`)
			found := false
			for _, example := range examples {
				found = found || asked.MatchString(example[1])
			}
			if !found {
				t.Errorf("docs/admin-api.md has no example of %s", field[1])
			}
		}
	}
}

// documentedGroup makes groups of its own for an example: the one of the path that the page names, with a member.
func (a administration) documentedGroup(t *testing.T, example int, userID string) string {
	t.Helper()
	const create = "mutation($i:CreateGroupInput!){createGroup(input:$i){group{id} userErrors{code}}}"
	group := func(name string, parent any) string {
		payload := a.run(t, create, "i", object{"name": name, "parentId": parent})["createGroup"]
		id, ok := dig(payload, "group", "id").(string)
		if !ok {
			t.Fatalf("create %s: %v", name, payload)
		}
		return id
	}
	staff := "staff"
	if example > 0 {
		staff = fmt.Sprint("staff", example)
	}
	id := group("engineering", group(staff, nil))
	if example%2 == 0 {
		a.run(t, "mutation($g:ID!,$u:ID!){addGroupMembers(input:{groupId:$g,userIds:[$u]}){changed}}", "g", id, "u", userID)
	}
	return id
}

// documentedPasskey adds a passkey or a security key to the user of an example.
func (a administration) documentedPasskey(t *testing.T, userID string, kind model.Kind) string {
	t.Helper()
	user, ok := model.KindUser.Parse(userID)
	if !ok {
		t.Fatal(userID)
	}
	p := identity.Passkey{
		ID: identity.SystemSource().NewID(), UserID: user, Handle: user[:], CredentialID: user[:], Record: []byte("{}"), Name: "Phone", CreatedAt: a.Clock.Now(),
		SecurityKey: kind == model.KindKey,
	}
	if added, err := a.Server.Store.InsertPasskey(t.Context(), p); err != nil || !added {
		t.Fatal(added, err)
	}
	return kind.ID(p.ID)
}

// documentedProvider adds a provider of its own for an example.
func (a administration) documentedProvider(t *testing.T, example int) identity.IdentityProvider {
	t.Helper()
	p, err := a.Server.Admin.Providers.Create(harness.System(t), identity.IdentityProvider{
		Slug: fmt.Sprint("documented-", example), Kind: identity.ProviderGitHub, Name: "GitHub", ClientID: "here", Issuer: "http://127.0.0.1:1",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// documentedIssuer trusts an issuer for an example.
func (a administration) documentedIssuer(t *testing.T, example int) identity.TrustedIssuer {
	t.Helper()
	made, err := a.Server.Admin.Trusted.Create(harness.System(t), identity.TrustedIssuer{
		Issuer: fmt.Sprintf("https://trusted-%d.example", example), Enabled: true, JWKSURI: "https://trusted.example/keys",
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// documentedLink connects the user of an example with a provider.
func (a administration) documentedLink(t *testing.T, example int, userID string) string {
	t.Helper()
	user, ok := model.KindUser.Parse(userID)
	if !ok {
		t.Fatal(userID)
	}
	p := a.documentedProvider(t, example)
	l := identity.LinkedIdentity{
		ID: identity.SystemSource().NewID(), ProviderID: p.ID, Issuer: p.Issuer, Subject: "1", UserID: user, CreatedAt: a.Clock.Now(),
	}
	if added, err := a.Server.Store.InsertLinkedIdentity(t.Context(), l); err != nil || !added {
		t.Fatal(added, err)
	}
	return model.KindLinked.ID(l.ID)
}

// documentedAttribute declares an attribute of its own for an example.
func (a administration) documentedAttribute(t *testing.T, example int) string {
	t.Helper()
	const create = "mutation($n:String!){createAttributeDefinition(input:{name:$n,type:STRING}){attributeDefinition{id} userErrors{code}}}"
	payload := a.run(t, create, "n", fmt.Sprint("attribute", example))["createAttributeDefinition"]
	id, ok := dig(payload, "attributeDefinition", "id").(string)
	if !ok {
		t.Fatal(payload)
	}
	return id
}

// documentedRole makes a role of its own for an example, which its user has.
func (a administration) documentedRole(t *testing.T, example int, userID string) string {
	t.Helper()
	payload := a.run(t, "mutation($n:String!){createRole(input:{name:$n}){role{id} userErrors{code}}}", "n", fmt.Sprint("role", example))["createRole"]
	id, ok := dig(payload, "role", "id").(string)
	if !ok {
		t.Fatal(payload)
	}
	a.run(t, "mutation($r:ID!,$u:ID!){assignRole(input:{roleId:$r,userIds:[$u]}){changed}}", "r", id, "u", userID)
	return id
}

// documentedInvitation invites somebody, for an example of its own.
func (a administration) documentedInvitation(t *testing.T, example int) string {
	t.Helper()
	payload := a.run(t, "mutation($e:EmailAddress!){createInvitation(input:{email:$e}){invitation{id}}}", "e", fmt.Sprintf("invited%d@example.org", example))
	id, ok := dig(payload, "createInvitation", "invitation", "id").(string)
	if !ok {
		t.Fatal(payload)
	}
	return id
}

// documentedMail makes a message to a user that waits, and returns its id.
func (a administration) documentedMail(t *testing.T, userID string) string {
	t.Helper()
	user, ok := model.KindUser.Parse(userID)
	mail := identity.MailMessage{
		ID: identity.SystemSource().NewID(), Kind: identity.MailTest, UserID: user, To: "a@example.org", Sealed: []byte("sealed"), CreatedAt: a.Clock.Now(),
	}
	if err := a.Server.Store.InsertMails(t.Context(), mail); err != nil || !ok {
		t.Fatal(ok, err)
	}
	return model.KindMail.ID(mail.ID)
}

// documentedJob is an import in a state.
func (a administration) documentedJob(t *testing.T, state identity.TransferState) string {
	t.Helper()
	now := a.Clock.Now()
	job := identity.Transfer{
		ID: identity.SystemSource().NewID(), Kind: identity.TransferUserImport, Options: json.RawMessage("{}"), Checkpoint: json.RawMessage("{}"), CreatedAt: now,
	}.Became(state, now)
	if err := a.Server.Store.InsertTransfer(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	return model.KindJob.ID(job.ID)
}
