package graph

import (
	"regexp"
	"testing"

	"github.com/authly/authly/graph/generated"
)

// harmless are the mutations that a session of the console may do long after its sign-in, with why. A mutation that is added is either
// here or has the directive @stepUp.
var harmless = map[string]string{
	"createAttributeDefinition": "describes", "updateAttributeDefinition": "describes", "createAuthorizationDetailDefinition": "describes",
	"updateAuthorizationDetailDefinition": "describes", "createScope": "describes", "updateScope": "describes", "createResource": "describes",
	"updateBranding": "is seen by everybody, and its texts and styles are checked", "exportAuditEvents": "reads what audit(…) reads",
	"bulkRevokeSessions": "people sign in anew", "revokeSession": "people sign in anew", "revokeSessions": "people sign in anew",
	"revokeUserSessions": "people sign in anew", "forgetBrowsers": "people sign in anew",
	"revokeConsent": "people are asked again", "revokeConsents": "people are asked again", "revokeGrant": "people are asked again",
	"revokeGrants": "people are asked again", "revokeClientGrants": "people are asked again", "revokeUserGrant": "people are asked again",
	"revokeInvitation": "there can be another", "pauseJob": "goes on when it is resumed", "resumeJob": "was begun before",
	"cancelJob": "can be begun again", "retryMail": "was sent before", "sendTestEmail": "goes to the administrator",
	"unlockUser": "the person still needs the password", "sendVerificationEmail": "goes to the address of the person",
}

// dangerous finds names that are never harmless.
var dangerous = regexp.MustCompile(`(?i)^(delete|bulkDelete|remove)|secret|key|role|password|import|settings|recovery|admin`)

func TestEveryDangerousMutationAsksForAFreshSignIn(t *testing.T) {
	t.Parallel()
	mutations := generated.NewExecutableSchema(generated.Config{}).Schema().Mutation.Fields
	for _, field := range mutations {
		_, listed := harmless[field.Name]
		asks := field.Directives.ForName("stepUp") != nil
		if asks == listed {
			t.Errorf("%s: @stepUp is %t, and it is listed as harmless: %t", field.Name, asks, listed)
		}
		if listed && dangerous.MatchString(field.Name) {
			t.Errorf("%s cannot be harmless", field.Name)
		}
		if asks && field.Directives.ForName("hasScope") == nil {
			t.Errorf("%s needs @hasScope, with which @stepUp is read", field.Name)
		}
	}
	for name := range harmless {
		if mutations.ForName(name) == nil {
			t.Errorf("%s does not exist", name)
		}
	}
}
