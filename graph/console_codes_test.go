package graph

import (
	"os"
	"regexp"
	"testing"

	"github.com/authly/authly/graph/model"
)

// TestTheConsoleKnowsTheCodes holds that the codes by which the console tells one refusal from another are those of the API.
func TestTheConsoleKnowsTheCodes(t *testing.T) {
	t.Parallel()
	known := map[string]bool{codeSignIn: true}
	for _, code := range model.AllUserErrorCode {
		known[string(code)] = true
	}
	code := regexp.MustCompile(`'([A-Z]+(?:_[A-Z]+)+|UNAUTHORIZED)'`)
	named := map[string]bool{}
	for _, name := range []string{"graph/problems.ts", "graph/client.ts", "form/EditForm.tsx"} {
		text, err := os.ReadFile("../console/src/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range code.FindAllStringSubmatch(string(text), -1) {
			named[match[1]] = true
			if !known[match[1]] {
				t.Errorf("%s: no code of the API is %s", name, match[1])
			}
		}
	}
	for _, code := range []string{codeSignIn, codeUnauthenticated, codeForbidden, string(model.UserErrorCodeVersionConflict)} {
		if !named[code] {
			t.Errorf("the console does not know %s", code)
		}
	}
}
