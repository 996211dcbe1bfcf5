package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// attribute declares an attribute, of texts unless d says something else, and returns its id.
func (a *api) attribute(tb testing.TB, d identity.AttributeDefinition) string {
	tb.Helper()
	if d.Type == "" {
		d.Type = identity.AttributeString
	}
	d, err := a.services.Attributes.Create(identity.WithActor(tb.Context(), identity.SystemActor("test")), d)
	check(tb, err)
	return model.KindAttribute.ID(d.ID)
}

// manyAttributes declares the attributes a0, a1 and so on.
func (a *api) manyAttributes(tb testing.TB, n int) {
	tb.Helper()
	for i := range n {
		d := identity.AttributeDefinition{
			ID: uuid.New(), Name: fmt.Sprint("a", i), Type: identity.AttributeDate, CreatedAt: a.now, UpdatedAt: a.now, Version: 1,
		}
		check(tb, a.store.InsertAttributeDefinition(tb.Context(), d))
	}
}

func TestAnAttributeLives(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		do := func(document string, variables map[string]any) reply {
			t.Helper()
			got := a.query(t, token, document, variables)
			if len(got.Errors) > 0 {
				t.Fatal(got.body)
			}
			return got
		}
		const create = `mutation($i:CreateAttributeDefinitionInput!){payload:createAttributeDefinition(input:$i){
			attributeDefinition{id name displayName description type pattern required version} userErrors{code path}}}`
		type input = map[string]any
		got := do(create, input{"i": input{"name": "department", "type": "STRING_LIST", "pattern": "[A-Z]+", "displayName": "Department"}})
		id, _ := got.at("payload", "attributeDefinition", "id").(string)
		if !strings.HasPrefix(id, "atr_") || !strings.Contains(got.body, `"name":"department","displayName":"Department","description":null,`+
			`"type":"STRING_LIST","pattern":"[A-Z]+","required":false,"version":1`) {
			t.Error(got.body)
		}
		do(create, input{"i": input{"name": "Badge", "type": "INTEGER"}})
		const change = `mutation($i:UpdateAttributeDefinitionInput!){payload:updateAttributeDefinition(input:$i){
			attributeDefinition{displayName pattern required version} userErrors{code path}}}`
		got = do(change, input{"i": input{"id": id, "expectedVersion": 1, "displayName": nil, "pattern": "[a-z]+", "required": true}})
		if !strings.Contains(got.body, `{"displayName":null,"pattern":"[a-z]+","required":true,"version":2}`) {
			t.Error(got.body)
		}
		if got := do(change, input{"i": input{"id": id, "required": true}}); got.at("payload", "attributeDefinition", "version") != 2.0 {
			t.Errorf("a change of nothing: %s", got.body)
		}
		shown := do(`{attributeDefinitions{name type} node(id:"`+id+`"){...on AttributeDefinition{name}}}`, nil)
		if !strings.Contains(shown.body, `[{"name":"Badge","type":"INTEGER"},{"name":"department","type":"STRING_LIST"}],"node":{"name":"department"}`) {
			t.Error(shown.body)
		}
		const remove = `mutation($i:DeleteAttributeDefinitionInput!){payload:deleteAttributeDefinition(input:$i){deletedAttributeDefinitionId userErrors{code}}}`
		if got := do(remove, input{"i": input{"id": id, "expectedVersion": 2}}); got.at("payload", "deletedAttributeDefinitionId") != id {
			t.Error(got.body)
		}
		shown = do(`{attributeDefinitions{name} auditEvents(filter:{targetId:"`+id+`"},orderBy:{field:OCCURRED_AT,direction:ASC}){nodes{action targetName changes{field before after}}}}`, nil)
		for _, part := range []string{
			`"attributeDefinitions":[{"name":"Badge"}]`, `"attribute.created","targetName":"department"`, `{"field":"pattern","before":"[A-Z]+","after":"[a-z]+"}`,
			`"attribute.deleted"`,
		} {
			if !strings.Contains(shown.body, part) {
				t.Errorf("no %s in %s", part, shown.body)
			}
		}
	})
}

func TestWhatAnAttributeRefuses(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		badge, nobody := a.attribute(t, identity.AttributeDefinition{Name: "badge"}), uuid.NewString()
		const (
			create = `mutation($i:CreateAttributeDefinitionInput!){payload:createAttributeDefinition(input:$i){userErrors{code path}}}`
			change = `mutation($i:UpdateAttributeDefinitionInput!){payload:updateAttributeDefinition(input:$i){userErrors{code path}}}`
			remove = `mutation($i:DeleteAttributeDefinitionInput!){payload:deleteAttributeDefinition(input:$i){userErrors{code path}}}`
		)
		type input = map[string]any
		for name, c := range map[string]struct {
			document string
			input    input
			want     string
		}{
			"a duplicate": {create, input{"name": "BADGE", "type": "STRING"}, "ATTRIBUTE_ALREADY_EXISTS[input name]"},
			"a claim":     {create, input{"name": "givenName", "type": "STRING"}, "VALIDATION_FAILED[input name]"},
			"all faults at once": {
				create,
				input{"name": "a b", "type": "DATE", "pattern": "(", "displayName": strings.Repeat("x", 256)},
				"VALIDATION_FAILED[input name], VALIDATION_FAILED[input displayName], VALIDATION_FAILED[input pattern]",
			},
			"a name that is empty":  {create, input{"name": "", "type": "STRING"}, "MISSING_REQUIRED_FIELD[input name]"},
			"a claim that is taken": {create, input{"name": "one", "type": "STRING", "claim": "Badge"}, "ATTRIBUTE_ALREADY_EXISTS[input claim]"},
			"a claim of tokens":     {change, input{"id": badge, "claim": "sub"}, "VALIDATION_FAILED[input claim]"},
			"scopes that release nothing": {
				change,
				input{"id": badge, "claim": "sub", "scopes": []string{"unknown", "other"}},
				"VALIDATION_FAILED[input claim], VALIDATION_FAILED[input scopes 0], VALIDATION_FAILED[input scopes 1]",
			},
			"nothing to change":      {change, input{"id": badge}, "MISSING_REQUIRED_FIELD[input]"},
			"required or not":        {change, input{"id": badge, "required": nil}, "MISSING_REQUIRED_FIELD[input required]"},
			"writable or not":        {change, input{"id": badge, "userWritable": nil}, "MISSING_REQUIRED_FIELD[input userWritable]"},
			"a broken pattern":       {change, input{"id": badge, "pattern": "["}, "VALIDATION_FAILED[input pattern]"},
			"a stale version":        {change, input{"id": badge, "pattern": "x", "expectedVersion": 3}, "VERSION_CONFLICT[input expectedVersion]"},
			"no such attribute":      {change, input{"id": "atr_" + nobody, "pattern": "x"}, "ATTRIBUTE_NOT_FOUND[input id]"},
			"another kind of object": {remove, input{"id": "grp_" + nobody}, "ATTRIBUTE_NOT_FOUND[input id]"},
			"a stale deletion":       {remove, input{"id": badge, "expectedVersion": 3}, "VERSION_CONFLICT[input expectedVersion]"},
		} {
			if got := a.query(t, token, c.document, input{"i": c.input}); problemsOf(got, "payload") != c.want {
				t.Errorf("%s: %s", name, got.body)
			}
		}
		a.manyAttributes(t, identity.MaxAttributeDefinitions-1)
		if got := a.query(t, token, create, input{"i": input{"name": "one", "type": "STRING"}}); problemsOf(got, "payload") != "ATTRIBUTE_LIMIT[input]" {
			t.Errorf("one too many: %s", got.body)
		}
		reader := a.token(t, a.admin, identity.ScopeUsersRead)
		if got := a.query(t, reader, `mutation{deleteAttributeDefinition(input:{id:"`+badge+`"}){userErrors{code}}}`, nil); got.status != 403 {
			t.Errorf("without the scope: %d %s", got.status, got.body)
		}
	})
}

// TestScopesReleaseAttributes: a scope tells so, and it is in the trail. A scope that is made again releases nothing.
func TestScopesReleaseAttributes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		badge := a.attribute(t, identity.AttributeDefinition{Name: "badge"})
		do := func(document, want string) {
			t.Helper()
			if got := a.query(t, token, document, nil); len(got.Errors) > 0 || !strings.Contains(got.body, want) {
				t.Errorf("%s: no %s in %s", document, want, got.body)
			}
		}
		const scope = `mutation{createScope(input:{name:"hr"}){userErrors{code}}}`
		do(scope, `"userErrors":[]`)
		do(`mutation{createScope(input:{name:"it"}){userErrors{code}}}`, `"userErrors":[]`)
		do(`{attributeDefinitions{claim scopes}}`, `{"claim":"badge","scopes":[]}`)
		do(`mutation{updateAttributeDefinition(input:{id:"`+badge+`",claim:"urn:badge",scopes:["it","hr"],userWritable:true}){
			attributeDefinition{claim scopes userWritable version}}}`, `{"claim":"urn:badge","scopes":["hr","it"],"userWritable":true,"version":2}`)
		do(`mutation{updateAttributeDefinition(input:{id:"`+badge+`",scopes:["hr","it"]}){attributeDefinition{version}}}`, `"version":2`)
		do(`{a:scope(name:"hr"){claims} b:scope(name:"it"){claims clients{nodes{clientId}}}}`, `"a":{"claims":["urn:badge"]},"b":{"claims":["urn:badge"]`)
		do(`{auditEvents(filter:{targetId:"`+badge+`"}){nodes{changes{field before after}}}}`, `{"field":"scopes","before":"","after":"hr it"}`)
		do(`mutation{deleteScope(input:{name:"hr"}){deletedScopeName}}`, `"hr"`)
		do(`{auditEvents(filter:{targetId:"hr"}){nodes{changes{field before after}}}}`, `{"field":"attributes","before":["badge"],"after":null}`)
		do(scope, `"userErrors":[]`)
		do(`{attributeDefinitions{scopes}}`, `{"scopes":["it"]}`)
		do(`mutation{updateAttributeDefinition(input:{id:"`+badge+`",claim:null,scopes:null}){attributeDefinition{claim scopes}}}`,
			`{"claim":"badge","scopes":[]}`)
	})
}

func TestUsersHaveAttributes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		badge := a.attribute(t, identity.AttributeDefinition{Name: "badge", Unique: true, Required: true, Pattern: "[A-Z][0-9]"})
		a.attribute(t, identity.AttributeDefinition{Name: "Teams", Type: identity.AttributeStringList})
		a.attribute(t, identity.AttributeDefinition{Name: "level", Type: identity.AttributeInteger})
		do := func(document string, variables map[string]any) reply {
			t.Helper()
			got := a.query(t, token, document, variables)
			if len(got.Errors) > 0 {
				t.Fatal(got.body)
			}
			return got
		}
		type input = map[string]any
		list := func(pairs ...any) []input {
			out := []input{}
			for i := 0; i < len(pairs); i += 2 {
				out = append(out, input{"name": pairs[i], "values": pairs[i+1]})
			}
			return out
		}
		const create = `mutation($a:[UserAttributeInput!]!){payload:createUser(input:{username:"eve",email:"eve@id.example",
			password:{generateTemporary:true},attributes:$a}){user{id version attributes{name values}} userErrors{code path message}}}`
		const update = `mutation($i:UpdateUserInput!){payload:updateUser(input:$i){user{version attributes{name values}} userErrors{code path}}}`
		id := model.KindUser.ID(bob.ID)
		for name, c := range map[string]struct {
			attributes any
			want       string
		}{
			"required": {list("level", []string{"1"}), "MISSING_REQUIRED_FIELD[input attributes]"},
			"all faults at once": {
				list("level", []string{"x"}, "badge", []string{"a1"}, "Teams", []string{"a", "A"}, "nothing", []string{"1"}),
				"VALIDATION_FAILED[input attributes 2 values 1], VALIDATION_FAILED[input attributes 1 values], VALIDATION_FAILED[input attributes 0 values], ATTRIBUTE_NOT_FOUND[input attributes 3 name]",
			},
			"twice": {list("badge", []string{"A1"}, "badge", []string{"A2"}), "VALIDATION_FAILED[input attributes 1 name]"},
		} {
			if got := do(create, input{"a": c.attributes}); problemsOf(got, "payload") != c.want {
				t.Errorf("%s: %s", name, got.body)
			}
		}
		got := do(create, input{"a": list("badge", []string{"A1"}, "Teams", []string{"x", "b"}, "level", []string{"007"})})
		if !strings.Contains(got.body, `"attributes":[{"name":"badge","values":["A1"]},{"name":"level","values":["7"]},{"name":"Teams","values":["x","b"]}]`) {
			t.Error(got.body)
		}
		eve, _ := got.at("payload", "user", "id").(string)
		for _, c := range []struct {
			name   string
			change input
			want   string
		}{
			{"another's value", input{"id": id, "attributes": list("level", []string{"1"}, "badge", []string{"A1"})}, "ATTRIBUTE_VALUE_TAKEN[input attributes 1 values]"},
			{"required and cleared", input{"id": eve, "attributes": list("badge", nil)}, "MISSING_REQUIRED_FIELD[input attributes 0 values]"},
			{"all cleared", input{"id": eve, "attributes": nil}, "MISSING_REQUIRED_FIELD[input attributes]"},
			{"a stale version", input{"id": eve, "expectedVersion": 9, "attributes": list("level", nil)}, "VERSION_CONFLICT[input expectedVersion]"},
		} {
			if got := do(update, input{"i": c.change}); problemsOf(got, "payload") != c.want {
				t.Errorf("%s: %s", c.name, got.body)
			}
		}
		got = do(update, input{"i": input{"id": eve, "attributes": list("level", nil, "Teams", []string{"c"})}})
		if !strings.Contains(got.body, `{"version":2,"attributes":[{"name":"badge","values":["A1"]},{"name":"Teams","values":["c"]}]}`) {
			t.Error(got.body)
		}
		if got := do(update, input{"i": input{"id": eve, "attributes": list("Teams", []string{"c"})}}); got.at("payload", "user", "version") != 2.0 {
			t.Errorf("a change of nothing: %s", got.body)
		}
		if got := do(update, input{"i": input{"id": id, "nickname": "b"}}); problemsOf(got, "payload") != "" { // who lacked it before
			t.Error(got.body)
		}
		trail := do(`{auditEvents(filter:{targetId:"`+eve+`"}){nodes{changes{field before after}}}}`, nil)
		for _, part := range []string{
			`{"field":"attributes.badge","before":null,"after":["A1"]}`, `{"field":"attributes.Teams","before":["x","b"],"after":["c"]}`,
			`{"field":"attributes.level","before":["7"],"after":null}`,
		} {
			if !strings.Contains(trail.body, part) {
				t.Errorf("no %s in %s", part, trail.body)
			}
		}
		const remove = `mutation($i:DeleteAttributeDefinitionInput!){payload:deleteAttributeDefinition(input:$i){deletedAttributeDefinitionId removed{users} userErrors{code path}}}`
		if got := do(remove, input{"i": input{"id": badge}}); problemsOf(got, "payload") != "ATTRIBUTE_IN_USE[input]" {
			t.Error(got.body)
		}
		if got := do(remove, input{"i": input{"id": badge, "dryRun": true}}); !strings.Contains(got.body, `"deletedAttributeDefinitionId":null,"removed":{"users":1}`) {
			t.Error(got.body)
		}
		declares := a.token(t, a.admin, identity.ScopeScopesWrite)
		if got := a.query(t, declares, remove, input{"i": input{"id": badge, "values": true}}); len(got.codes()) != 1 || got.codes()[0] != "INSUFFICIENT_PRIVILEGES" {
			t.Errorf("values are removed without admin:users:write: %s", got.body)
		}
		if got := do(remove, input{"i": input{"id": badge, "values": true}}); got.at("payload", "deletedAttributeDefinitionId") != badge {
			t.Error(got.body)
		}
		shown := do(`{users(filter:{username:{startsWith:"e"}}){nodes{attributes{name values}}}}`, nil)
		if !strings.Contains(shown.body, `"nodes":[{"attributes":[{"name":"Teams","values":["c"]}]}]`) {
			t.Error(shown.body)
		}
	})
}

func TestUsersAreFoundByAttributes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		for _, d := range []identity.AttributeDefinition{
			{Name: "level", Type: identity.AttributeInteger, Filterable: true},
			{Name: "teams", Type: identity.AttributeStringList, Filterable: true},
			{Name: "note"},
		} {
			a.attribute(t, d)
		}
		for name, own := range map[string]identity.AttributeValues{
			"ann": {"level": {"7"}, "teams": {"Red", "blue"}}, "ben": {"level": {"7"}, "note": {"7"}}, "cem": {"teams": {"red"}},
		} {
			a.user(t, admin.NewUser{Username: name, Email: name + "@id.example", Attributes: own})
		}
		const list = `query($f:UserFilter!){users(filter:$f,orderBy:{field:USERNAME,direction:ASC}){nodes{username} totalCount{value}}}`
		one := func(name, eq string) map[string]any { return map[string]any{"name": name, "eq": eq} }
		attributes := func(own ...map[string]any) map[string]any { return map[string]any{"attributes": own} }
		for name, c := range map[string]struct {
			filter map[string]any
			want   string
		}{
			"a number":         {attributes(one("level", "+07")), "ann ben 2"},
			"one of a list":    {attributes(one("teams", "RED")), "ann cem 2"},
			"all must hold":    {attributes(one("level", "7"), one("teams", "red")), "ann 1"},
			"either":           {map[string]any{"or": []any{attributes(one("level", "7")), attributes(one("teams", "red"))}}, "ann ben cem 3"},
			"not":              {map[string]any{"not": attributes(one("level", "7"))}, "cem root 2"},
			"with another":     {map[string]any{"attributes": []any{one("level", "7")}, "username": map[string]any{"startsWith": "b"}}, "ben 1"},
			"nobody":           {attributes(one("teams", "re")), "0"},
			"not filterable":   {attributes(one("note", "7")), "filter.attributes.0.name must be the name of an attribute that is filterable."},
			"not declared":     {attributes(one("level", "7"), one("nothing", "7")), "filter.attributes.1.name must be the name of an attribute that is declared."},
			"no number":        {attributes(one("level", "x")), "filter.attributes.0.eq must be a whole number between -(2^53-1) and 2^53-1."},
			"deep, and not so": {map[string]any{"not": attributes(one("note", "7"))}, "filter.attributes.0.name must be the name of an attribute that is filterable."},
		} {
			got := a.query(t, token, list, map[string]any{"f": c.filter})
			shown := ""
			nodes, _ := got.at("users", "nodes").([]any)
			for _, node := range nodes {
				shown += node.(map[string]any)["username"].(string) + " "
			}
			if n, ok := got.at("users", "totalCount", "value").(float64); ok {
				shown += fmt.Sprint(n)
			}
			for _, e := range got.Errors {
				shown = e.Message
			}
			if shown != c.want {
				t.Errorf("%s: %q, %.300s", name, shown, got.body)
			}
		}
	})
}

// TestAHelpDeskLearnsNothingFromAttributes: who is limited to groups does not read them, nor tries out who has which.
func TestAHelpDeskLearnsNothingFromAttributes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		a.attribute(t, identity.AttributeDefinition{Name: "badge", Unique: true, Filterable: true})
		inside := a.user(t, admin.NewUser{Username: "inside", Email: "inside@id.example"})
		a.user(t, admin.NewUser{Username: "outside", Email: "outside@id.example", Attributes: identity.AttributeValues{"badge": {"B1"}}})
		rights := identity.AdminRights{Scopes: identity.LimitedScopes(), GroupIDs: []uuid.UUID{*a.groupWith(t, "branch", inside)}}
		desk := a.token(t, a.helper(t, "desk", rights), everything()...)
		for _, document := range []string{
			`{users{nodes{username attributes{name values}}}}`,
			`{users(filter:{attributes:[{name:"badge",eq:"B1"}]}){nodes{username}}}`,
			`{users(filter:{not:{attributes:[{name:"badge",eq:"B1"}]}}){totalCount{value}}}`,
			`{attributeDefinitions{name}}`,
			`mutation{updateUser(input:{id:"` + model.KindUser.ID(inside.ID) + `",attributes:[{name:"badge",values:["B1"]}]}){userErrors{code}}}`,
			`mutation{updateUser(input:{id:"` + model.KindUser.ID(inside.ID) + `",attributes:null}){userErrors{code}}}`,
		} {
			got := a.query(t, desk, document, nil)
			if codes := got.codes(); len(codes) == 0 || codes[0] != "INSUFFICIENT_PRIVILEGES" {
				t.Errorf("%s: %s", document, got.body)
			}
		}
	})
}
