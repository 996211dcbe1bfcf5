package tests

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestFormPostInHtmlUnit: the browser of the official suite signs in, and the page of OAuth 2.0 Form Post Response Mode submits itself.
func TestFormPostInHtmlUnit(t *testing.T) {
	t.Parallel()
	archive := harness.JavaArchive(t, "htmlunit")
	n := start(t, harness.SQLite(t))
	answers := make(chan map[string]string, 1)
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cb" {
			answers <- map[string]string{
				"method": r.Method, "code": r.PostFormValue("code"), "state": r.PostFormValue("state"), "iss": r.PostFormValue("iss"), "query": r.URL.RawQuery,
			}
			_, _ = w.Write([]byte("welcome"))
		}
	}))
	t.Cleanup(application.Close)
	client := harness.WebClient("suite")
	client.Metadata.RedirectURIs, client.Policy.SkipConsent = []string{application.URL + "/cb"}, true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	party := harness.NewParty(t, n, "suite")
	party.Config.RedirectURL = application.URL + "/cb"
	browser := exec.CommandContext(t.Context(), "java", "-jar", archive, party.AuthURL("response_mode", "form_post"), "alice", harness.AlicePassword)
	out, err := browser.CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), application.URL+"/cb\nwelcome") {
		t.Fatalf("%v: %s", err, out)
	}
	answer := <-answers
	if answer["method"] != http.MethodPost || answer["query"] != "" || answer["state"] != party.State || answer["iss"] != n.Issuer {
		t.Errorf("%v", answer)
	}
	if _, err := party.Exchange(answer["code"]); err != nil {
		t.Error(err)
	}
}
