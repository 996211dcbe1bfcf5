package identity

import (
	"errors"
	"strings"

	"github.com/google/uuid"
)

// RuleID is the stable name of a rule, such as pkce.required.
type RuleID string

// Rule is a rule that a request can break, in the words that its developer needs.
type Rule struct {
	ID     RuleID
	Clause string // of the standard, such as RFC 7636 §4.4.1; for what no standard says, where Authly says it
	Repair string // what to change, in one or two sentences
}

// Violation is what a refusal is about: more than the caller is told, for those who administer. It holds no secret.
type Violation struct {
	Rule     RuleID
	Expected string    // by the registration or the state of the server; empty where the rule says it all
	ClientID uuid.UUID // of the registered client whose request it is, or zero
	UserID   uuid.UUID // whose grant it is, or zero
}

// violator is an error that knows which rule was broken.
type violator interface {
	error
	Broken() Violation
}

// ViolationOf returns what a refusal is about: the outermost error of a chain that names a rule says which, and what it
// leaves out is said by those that it wraps. Without any the rule is that of the error's code.
func ViolationOf(err error) Violation {
	var out Violation
	for rest := err; rest != nil; {
		var v violator
		if !errors.As(rest, &v) {
			break
		}
		out = out.completed(v.Broken())
		rest = errors.Unwrap(v)
	}
	if out.Rule == "" {
		out.Rule = rulesByCode[AsError(err).Code]
	}
	return out
}

// completed returns the violation with what another says and it does not. What is expected belongs to its rule.
func (v Violation) completed(by Violation) Violation {
	if v.Rule == "" {
		v.Rule, v.Expected = by.Rule, by.Expected
	} else if v.Rule == by.Rule && v.Expected == "" {
		v.Expected = by.Expected
	}
	if v.ClientID == uuid.Nil {
		v.ClientID = by.ClientID
	}
	if v.UserID == uuid.Nil {
		v.UserID = by.UserID
	}
	return v
}

// Broken returns what the refusal is about.
func (e *Error) Broken() Violation { return e.violation }

// Breaks returns a copy that names the rule that was broken.
func (e *Error) Breaks(rule RuleID) *Error {
	c := *e
	c.violation.Rule = rule
	return &c
}

// Expecting returns a copy that says what was expected, where the rule alone does not. It is shown to administrators only,
// and holds no secret.
func (e *Error) Expecting(what string) *Error {
	c := *e
	c.violation.Expected = what
	return &c
}

// OneOf says what a value was compared with: the first of a list.
func OneOf[A ~string](values []A) string {
	const shown = 5
	text := "One of: " + strings.Join(texts(values[:min(len(values), shown)]), " ")
	if len(values) > shown {
		text += " ..."
	}
	return text
}

// texts returns names as plain texts.
func texts[A ~string](list []A) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = string(a)
	}
	return out
}

// ofClient returns a copy that names the client whose request was refused.
func (e *Error) ofClient(client Client) *Error {
	c := *e
	c.violation.ClientID = client.ID
	return &c
}

// ofUser adds to a refusal whose grant it is about.
func ofUser(err error, user User) error {
	e, ok := err.(*Error) //nolint:errorlint // what is wrapped is a failure, and tells its own story
	if !ok || user.ID == uuid.Nil {
		return err
	}
	c := *e
	c.violation.UserID = user.ID
	return &c
}

// rulesByCode are the rules of refusals that can have but one cause.
var rulesByCode = map[Code]RuleID{
	CodeLoginRequired: RulePromptNone, CodeConsentRequired: RulePromptNone, CodeInteractionRequired: RulePromptNone,
	CodeInteractionNotFound: RuleInteraction, CodeInvalidToken: RuleTokenActive, CodeInsufficientScope: RuleTokenScope,
	CodeForbidden: RuleAdministrator, CodeUnauthenticated: RuleTokenPresent, CodeRateLimited: RuleAttempts,
	CodeInvalidClient: RuleClientKnown, CodeClientNotFound: RuleClientKnown, CodeInvalidGrant: RuleGrantActive,
	CodeInvalidCredentials: RulePassword, CodePasswordExpired: RulePassword, CodePasswordChangeNeeded: RulePasswordChange,
	CodeInvalidScope: RuleScopeAllowed, CodeInvalidTarget: RuleResourceRegistered, CodeUnauthorizedClient: RuleGrantTypeOfClient,
	CodeInvalidRequestURI: RulePushedKnown, CodeInvalidProof: RuleProof, CodeUseProofNonce: RuleProofNonce,
	CodeEntityStatement: RuleEntityStatement, CodeTrustAnchor: RuleTrustChain, CodeTrustChain: RuleTrustChain,
	CodeEntityMetadata: RuleTrustChain,
	CodeValidation:     RuleValue, CodeRequired: RuleValue,
}
