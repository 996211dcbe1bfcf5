package graph

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// cacheTags are the tags of the domain by their names in the schema.
var cacheTags = map[model.CacheTag]string{
	model.CacheTagUsers: identity.CacheTagUsers, model.CacheTagSessions: identity.CacheTagSessions,
	model.CacheTagClients: identity.CacheTagClients, model.CacheTagScopes: identity.CacheTagScopes,
	model.CacheTagResources: identity.CacheTagResources, model.CacheTagGroups: identity.CacheTagGroups,
	model.CacheTagRoles: identity.CacheTagRoles, model.CacheTagKeys: identity.CacheTagKeys,
	model.CacheTagAttributes: identity.CacheTagAttributes, model.CacheTagProviders: identity.CacheTagProviders,
	model.CacheTagTrustedIssuers: identity.CacheTagTrusted, model.CacheTagAudit: identity.CacheTagAudit,
}

// cacheControl is what the directive @cacheControl says of a field or type.
type cacheControl struct {
	maxAge     time.Duration // noMaxAge when it says none
	tags       []string
	local      bool
	idArgument []string // the path to it
}

// noMaxAge stands for none: longer than any.
const noMaxAge = time.Hour

// cacheControls are all directives @cacheControl of a schema.
type cacheControls struct {
	types  map[*ast.Definition]cacheControl
	fields map[*ast.FieldDefinition]cacheControl
}

// cacheControlsOf reads the directives of a schema. The schema is ours: a mistake in it is a panic.
func cacheControlsOf(schema *ast.Schema) cacheControls {
	controls := cacheControls{types: map[*ast.Definition]cacheControl{}, fields: map[*ast.FieldDefinition]cacheControl{}}
	for _, def := range schema.Types {
		if directive := def.Directives.ForName("cacheControl"); directive != nil {
			controls.types[def] = newCacheControl(directive)
		}
		for _, field := range def.Fields {
			directive := field.Directives.ForName("cacheControl")
			if directive == nil {
				continue
			}
			control := newCacheControl(directive)
			if control.idArgument != nil && (def != schema.Query || field.Type.Name() != userType) {
				panic("graph: idArgument of " + def.Name + "." + field.Name + ": only single users have tags of their own")
			}
			controls.fields[field] = control
		}
	}
	return controls
}

func newCacheControl(directive *ast.Directive) cacheControl {
	control := cacheControl{maxAge: noMaxAge}
	for _, arg := range directive.Arguments {
		switch arg.Name {
		case "maxAge":
			seconds, err := strconv.Atoi(arg.Value.Raw)
			if err != nil {
				panic("graph: @cacheControl: " + err.Error())
			}
			control.maxAge = time.Duration(seconds) * time.Second
		case "tags":
			for _, name := range stringList(arg.Value) {
				tag, known := cacheTags[model.CacheTag(name)]
				if !known {
					panic("graph: @cacheControl: no tag " + name)
				}
				control.tags = append(control.tags, tag)
			}
		case "local":
			control.local = arg.Value.Raw == "true"
		case "idArgument":
			control.idArgument = strings.Split(arg.Value.Raw, ".")
		}
	}
	return control
}

// cachePolicy is whether and how the response to a query may be cached. The zero value says that it may not.
type cachePolicy struct {
	maxAge time.Duration
	local  bool
	tags   []string
	users  []userField
}

// userField is a root field that returns one user, whose tag replaces that of all users if it is named by id.
type userField struct {
	field      *ast.Field
	idArgument []string
}

// userType is the type that has tags of its own for each object.
const userType = "User"

// cachePolicyOf walks a valid operation.
func (s *server) cachePolicyOf(doc *ast.QueryDocument, op *ast.OperationDefinition) cachePolicy {
	if op.Operation != ast.Query {
		return cachePolicy{}
	}
	w := policyWalker{
		server: s, doc: doc, seen: map[string]bool{}, tags: map[string]bool{}, policy: cachePolicy{maxAge: noMaxAge},
	}
	w.selection(op.SelectionSet, false)
	if w.policy.maxAge == 0 || w.policy.maxAge == noMaxAge { // only __typename
		return cachePolicy{}
	}
	for tag := range w.tags {
		w.policy.tags = append(w.policy.tags, tag)
	}
	slices.Sort(w.policy.tags)
	return w.policy
}

type policyWalker struct {
	*server
	doc    *ast.QueryDocument
	seen   map[string]bool // fragments, once as part of one user and once elsewhere
	tags   map[string]bool
	policy cachePolicy
}

// selection adds a selection set to the policy. oneUser: its own fields are those of a userField.
func (w *policyWalker) selection(set ast.SelectionSet, oneUser bool) {
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			w.field(sel, oneUser)
		case *ast.InlineFragment:
			w.selection(sel.SelectionSet, oneUser)
		case *ast.FragmentSpread:
			name := sel.Name
			if oneUser {
				name += " of one user"
			}
			if !w.seen[name] {
				w.seen[name] = true
				w.selection(w.doc.Fragments.ForName(sel.Name).SelectionSet, oneUser)
			}
		}
	}
}

func (w *policyWalker) field(f *ast.Field, oneUser bool) {
	owner := f.ObjectDefinition
	control, declared := w.controls.fields[f.Definition]
	if owner == w.schema.Query {
		if f.Name == "__typename" {
			return
		}
		if !declared {
			control.maxAge = 0
		}
		w.apply(control)
		if control.idArgument != nil {
			w.policy.users = append(w.policy.users, userField{field: f, idArgument: control.idArgument})
		}
		w.selection(f.SelectionSet, control.idArgument != nil)
		return
	}
	ofType := w.controls.types[owner] // without a directive its max age is 0
	if oneUser && owner.Name == userType {
		ofType.tags = nil // tagsFor adds them
	}
	w.apply(ofType)
	if declared {
		w.apply(control)
	}
	w.selection(f.SelectionSet, false)
}

func (w *policyWalker) apply(control cacheControl) {
	w.policy.maxAge = min(w.policy.maxAge, control.maxAge)
	w.policy.local = w.policy.local || control.local
	for _, tag := range control.tags {
		w.tags[tag] = true
	}
}

// tagsFor returns the tags of a response with these variables.
func (p cachePolicy) tagsFor(variables map[string]any) []string {
	tags := slices.Clone(p.tags)
	for _, user := range p.users {
		if id, ok := model.KindUser.Parse(user.id(variables)); ok {
			tags = append(tags, identity.CacheTagUser(id))
		} else {
			tags = append(tags, identity.CacheTagUsers)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// id returns the id that the argument holds, or "".
func (u userField) id(variables map[string]any) string {
	var value any = u.field.ArgumentMap(variables)
	for _, name := range u.idArgument {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	id, _ := value.(string)
	return id
}
