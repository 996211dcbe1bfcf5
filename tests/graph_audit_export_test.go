package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheTrailIsDownloaded with the events that a filter selects, by whoever may read it.
func TestTheTrailIsDownloaded(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		a.added(t, "exported", nil)
		const document = `mutation{exportAuditEvents(input:{filter:{actions:["user.created"]}}){job{id kind} userErrors{code}}}`
		payload := a.run(t, document)["exportAuditEvents"]
		id, _ := dig(payload, "job", "id").(string)
		if job := a.finished(t, id); dig(job, "state") != "SUCCEEDED" || dig(payload, "job", "kind") != "AUDIT_EXPORT" {
			t.Fatal(payload, job)
		}
		link, _ := dig(a.run(t, "query($id:ID!){job(id:$id){downloadUrl}}", "id", id), "job", "downloadUrl").(string)
		response, text := fetch(t, a.Node, http.MethodGet, link)
		if response.Header.Get("Content-Disposition") != `attachment; filename="audit.jsonl"` ||
			!strings.Contains(text, `"target_name":"exported"`) || strings.Contains(text, "job.created") {
			t.Errorf("%d %q", response.StatusCode, text)
		}
		a.refusesWithoutOneOf(t, []string{"admin:audit:read", "admin:jobs:write"}, document)
	})
}
