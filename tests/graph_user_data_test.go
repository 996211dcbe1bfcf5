package tests

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const userDataDocument = `mutation($id:ID!){exportUserData(input:{userId:$id}){job{id kind} userErrors{code path}}}`

// TestTheDataOfAPersonIsDownloaded as one document, by whoever may read all that is in it.
func TestTheDataOfAPersonIsDownloaded(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		user := a.added(t, "exported", nil)
		payload := a.run(t, userDataDocument, "id", user)["exportUserData"]
		id, _ := dig(payload, "job", "id").(string)
		if job := a.finished(t, id); dig(job, "state") != "SUCCEEDED" || dig(payload, "job", "kind") != "USER_DATA_EXPORT" {
			t.Fatal(payload, job)
		}
		link, _ := dig(a.run(t, "query($id:ID!){job(id:$id){downloadUrl}}", "id", id), "job", "downloadUrl").(string)
		response, text := fetch(t, a.Node, http.MethodGet, link)
		var document struct {
			Sections map[string]struct{ Items []map[string]any }
		}
		if err := json.Unmarshal([]byte(text), &document); err != nil || response.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%v %q", err, text)
		}
		if profile := document.Sections["profile"].Items; len(profile) != 1 || profile[0]["username"] != "exported" {
			t.Error(text)
		}
		for _, unknown := range []string{id, "usr_019d3751-c1ab-7000-8000-000000000001", "garbage"} {
			refused := a.run(t, userDataDocument, "id", unknown)["exportUserData"]
			problems, _ := dig(refused, "userErrors").([]any)
			if len(problems) != 1 || dig(problems[0], "code") != "USER_NOT_FOUND" {
				t.Errorf("%s: %v", unknown, refused)
			}
		}
	})
}

func TestTheDataOfAPersonNeedsEveryScopeThatReadsIt(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	scopes := []string{
		"admin:users:read", "admin:sessions:read", "admin:groups:read", "admin:roles:read", "admin:audit:read", "admin:jobs:write",
	}
	a.refusesWithoutOneOf(t, scopes, `mutation{exportUserData(input:{userId:"usr_019d3751-c1ab-7000-8000-000000000001"}){userErrors{code}}}`)
}
