package tests

import (
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// frontChannel switches on the response types that OAuth 2.1 has dropped.
func frontChannel() harness.Option { return harness.Env("AUTHLY_FRONT_CHANNEL_TOKENS", "true") }

// The response types of the plans.
var (
	implicitTypes = []identity.ResponseType{identity.ResponseIDToken, identity.ResponseIDTokenToken}
	hybridTypes   = []identity.ResponseType{
		identity.ResponseCodeIDToken, identity.ResponseCodeToken, identity.ResponseCodeIDTokenToken,
	}
)

// playTypes runs the modules of a plan for each of its response types, in the mode that is theirs or as forms, on every database.
func playTypes(t *testing.T, name, mode string, types []identity.ResponseType) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := suiteOn(t, db, frontChannel())
		for _, response := range types {
			t.Run(string(response), func(t *testing.T) {
				play(t, plan{Node: n, name: name, alias: name, response: response, mode: mode})
			})
		}
	})
}

// TestImplicitPlan runs the modules of the Implicit OP plan.
func TestImplicitPlan(t *testing.T) {
	t.Parallel()
	playTypes(t, "implicit", "fragment", implicitTypes)
}

// TestHybridPlan runs the modules of the Hybrid OP plan.
func TestHybridPlan(t *testing.T) {
	t.Parallel()
	playTypes(t, "hybrid", "fragment", hybridTypes)
}

// TestFormPostImplicitPlan runs the modules of the Form Post Implicit OP plan.
func TestFormPostImplicitPlan(t *testing.T) {
	t.Parallel()
	playTypes(t, "formpost-implicit", "form_post", implicitTypes)
}

// TestFormPostHybridPlan runs the modules of the Form Post Hybrid OP plan.
func TestFormPostHybridPlan(t *testing.T) {
	t.Parallel()
	playTypes(t, "formpost-hybrid", "form_post", hybridTypes)
}
