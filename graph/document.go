package graph

import (
	"context"
	"crypto/sha256"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// document is everything about a document that does not depend on variables or caller. It is shared and must not
// change.
type document struct {
	digest       [sha256.Size]byte  // of its text
	ast          *ast.QueryDocument // nil when it could not be parsed
	requirements map[*ast.OperationDefinition][]requirement
	policies     map[*ast.OperationDefinition]cachePolicy
	failures     gqlerror.List // why it cannot run: syntax, limits or validation
}

// prepare parses, measures and validates a document, or remembers that it has. Documents that cannot run are remembered
// too, so that sending one again costs a look-up.
func (s *server) prepare(ctx context.Context, query string) *document {
	if len(query) > s.limits.Characters {
		return &document{failures: gqlerror.List{limitError("characters", s.limits.Characters)}}
	}
	if doc, ok := s.documents.Get(ctx, query); ok {
		return doc
	}
	doc := s.examine(query)
	doc.digest = sha256.Sum256([]byte(query))
	s.documents.Add(ctx, query, doc)
	return doc
}

func (s *server) examine(query string) *document {
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, s.limits.Tokens)
	if err != nil {
		return &document{failures: gqlerror.List{s.syntaxError(err)}}
	}
	doc := &document{ast: parsed, requirements: s.requirementsOf(parsed), policies: map[*ast.OperationDefinition]cachePolicy{}}
	if len(parsed.Operations) == 0 {
		doc.failures = gqlerror.List{newError(codeValidation, "The document has no operation.")}
		return doc
	}
	if doc.failures = measure(s.limits, parsed); len(doc.failures) > 0 {
		return doc
	}
	for _, op := range parsed.Operations {
		op.SelectionSet = withoutRepeats(op.SelectionSet)
	}
	for _, fragment := range parsed.Fragments {
		fragment.SelectionSet = withoutRepeats(fragment.SelectionSet)
	}
	doc.failures = validator.ValidateWithRules(s.schema, parsed, s.rules)
	if len(doc.failures) == 0 {
		doc.failures = checkSubscriptions(parsed)
	}
	if len(doc.failures) == 0 {
		for _, op := range parsed.Operations {
			doc.policies[op] = s.cachePolicyOf(parsed, op)
		}
	}
	for _, e := range doc.failures {
		if strings.HasPrefix(e.Rule, rules.ValuesOfCorrectTypeRule.Name) {
			e.Message = withoutValue(e.Message)
		}
		e.Path, e.Extensions = nil, map[string]any{"code": codeValidation}
	}
	return doc
}

// withoutRepeats leaves out the plain fields that a set has already: they mean nothing, and validation compares each two
// fields of one name (GraphQL §5.3.2), which grows with the square of their number.
func withoutRepeats(set ast.SelectionSet) ast.SelectionSet {
	seen := map[string]bool{}
	kept := set[:0]
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			if sel.Alias == sel.Name && len(sel.Arguments)+len(sel.Directives)+len(sel.SelectionSet) == 0 {
				if seen[sel.Name] {
					continue
				}
				seen[sel.Name] = true
			}
			sel.SelectionSet = withoutRepeats(sel.SelectionSet)
		case *ast.InlineFragment:
			sel.SelectionSet = withoutRepeats(sel.SelectionSet)
		}
		kept = append(kept, selection)
	}
	return kept
}

// withoutValue cuts off the end of a validation message, which repeats the offending value. The parser has no other form
// of it; TestNothingOfTheRequestIsRepeated fails when a version of it writes otherwise.
func withoutValue(message string) string {
	message, _, _ = strings.Cut(message, ", found ")
	message, _, _ = strings.Cut(message, ": ")
	return strings.TrimSuffix(message, ".") + "."
}

// quoted finds the values of tokens in the parser's messages. They can be secrets that were written into the document:
// see withoutValue. TestDocumentLimits holds the text about the limit.
var quoted = regexp.MustCompile(` ?"(?:[^"\\]|\\.)*"`)

func (s *server) syntaxError(err error) *gqlerror.Error {
	e := gqlerror.WrapIfUnwrapped(err)
	if strings.HasPrefix(e.Message, "exceeded token limit") {
		return limitError("tokens", s.limits.Tokens)
	}
	out := newError(codeParse, "Syntax error: %s.", quoted.ReplaceAllString(e.Message, ""))
	out.Locations = e.Locations
	return out
}

// rulesWithoutSuggestions are the rules of GraphQL §5. The messages of the five that suggest names would spell out the
// schema to somebody who may not introspect it.
func rulesWithoutSuggestions() *rules.Rules {
	set := rules.NewDefaultRules()
	for name, quiet := range map[string]validator.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		set.RemoveRule(name)
		set.AddRule(quiet.Name, quiet.RuleFunc)
	}
	return set
}
