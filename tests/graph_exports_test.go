package tests

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const exportDocument = `mutation($input:ExportUsersInput!){exportUsers(input:$input){job{id state downloadUrl} userErrors{code message path}}}`

// fetch asks a signed link of the server.
func fetch(t *testing.T, n *harness.Node, method, link string) (response *http.Response, text string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, n.URL+strings.TrimPrefix(link, n.Issuer), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err = http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// TestExportedUsersAreDownloaded: by a signed link of the server, which works by itself, as often as wanted, and is in the trail.
func TestExportedUsersAreDownloaded(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		a.added(t, "exported", nil)
		payload := a.run(t, exportDocument, "input", object{
			"format": "CSV", "fields": []string{"username", "email"}, "filter": object{"username": object{"eq": "exported"}},
		})["exportUsers"]
		id, _ := dig(payload, "job", "id").(string)
		if id == "" {
			t.Fatal(payload)
		}
		if job := a.finished(t, id); dig(job, "state") != "SUCCEEDED" {
			t.Fatal(job)
		}
		link, _ := dig(a.run(t, "query($id:ID!){job(id:$id){downloadUrl downloadUrlExpiresAt}}", "id", id), "job", "downloadUrl").(string)
		if !strings.HasPrefix(link, a.Issuer+"/transfers/") {
			t.Fatal(link)
		}
		const downloads = "SELECT count(*) FROM audit_events WHERE action = 'job.downloaded'"
		if response, text := fetch(t, a.Node, http.MethodHead, link); text != "" || response.Header.Get("Cache-Control") != "no-store" || db.Count(t, downloads) != 0 {
			t.Errorf("HEAD: %d %s", response.StatusCode, text)
		}
		for range 2 {
			response, text := fetch(t, a.Node, http.MethodGet, link)
			if text != "username,email\nexported,exported@example.org\n" || response.StatusCode != http.StatusOK {
				t.Errorf("%d %q", response.StatusCode, text)
			}
			for name, want := range map[string]string{
				"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `attachment; filename="users.csv"`, "Cache-Control": "no-store",
				"X-Content-Type-Options": "nosniff", "Content-Length": "45",
			} {
				if got := response.Header.Get(name); got != want {
					t.Errorf("%s: %q", name, got)
				}
			}
		}
		if n := db.Count(t, downloads); n != 2 {
			t.Errorf("%d downloads are in the trail", n)
		}
		for _, wrong := range []string{link + "x", strings.Replace(link, "for=user.", "for=system.", 1), strings.Split(link, "?")[0]} {
			if response, text := fetch(t, a.Node, http.MethodGet, wrong); response.StatusCode != http.StatusForbidden || !strings.Contains(text, "not valid") {
				t.Errorf("%d %s", response.StatusCode, text)
			}
		}
		if response, _ := fetch(t, a.Node, http.MethodPost, link); response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST: %d", response.StatusCode)
		}
		a.run(t, `mutation($id:ID!){cancelJob(input:{id:$id}){job{state} userErrors{code}}}`, "id", id)
		if response, text := fetch(t, a.Node, http.MethodGet, link); response.StatusCode != http.StatusConflict {
			t.Errorf("after its end: %d %s", response.StatusCode, text)
		}
	})
}

func TestExportsAreRefusedWithoutTheirScopes(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	a.refusesWithoutOneOf(t, []string{"admin:users:read", "admin:jobs:write"}, `mutation{exportUsers(input:{format:CSV}){userErrors{code}}}`)
}
