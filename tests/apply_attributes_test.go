package tests

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/tests/harness"
)

// TestAttributesAreDeclaredWithTheirUsers: also one that every user must have; a dry run says so and a fault is told with its line.
func TestAttributesAreDeclaredWithTheirUsers(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "ANN": harness.AlicePassword}
		command(t, env, "migrate", "up")
		file := `scopes: [{ name: employment, description: Read where you work }]
attributes:
  - { name: badge, type: string, pattern: "[A-Z][0-9]+", required: true, unique: true, scopes: [employment] }
users:
  - { username: ann, email: ann@example.org, password: "env:ANN", attributes: { badge: A1 } }
`
		apply := func(text string, args ...string) (int, string, string) {
			return harness.Command(t, env, text, append([]string{"apply", "-f", "-"}, args...)...)
		}
		for i, want := range []string{"3 of 3 would change", "attribute badge\n", "Nothing to change"} {
			args := []string{"--dry-run"}
			if i > 0 {
				args = nil
			}
			code, out, errs := apply(file, args...)
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("%d: %s%s", i, out, errs)
			}
		}
		wrong := strings.NewReplacer("badge: A1", "badge: 1, shoe: 44", "type: string", "type: date", "[employment]", "[employment, none]").Replace(file)
		code, _, errs := apply(wrong)
		_, faults, _ := strings.Cut(errs, "\n")
		want := `attributes[0].type (line 3): Must stay as it is there: string.
attributes[0].pattern (line 3): Must be left out: only texts have a pattern.
attributes[0].scopes[1] (line 3): Must be a scope that is declared or registered.
users[0].attributes.badge (line 5): Must be a day: YYYY-MM-DD.
users[0].attributes.shoe (line 5): Is not declared.
`
		if diff := cmp.Diff(want, faults); code != 2 || diff != "" {
			t.Error(code, diff)
		}
		if code, _, errs := apply("attributes: []\n", "--prune"); code == 0 || !strings.Contains(errs, `attribute "badge"`) {
			t.Errorf("what somebody has goes: %d %s", code, errs)
		}
	})
}
