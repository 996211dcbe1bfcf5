package graph

import (
	"encoding/json"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// sendFile uploads a file by the link of a payload.
func (a *api) sendFile(tb testing.TB, link any, text string) {
	tb.Helper()
	u, err := url.Parse(link.(string))
	check(tb, err)
	read := identity.ReadTransferLink(identity.TransferUpload, path.Base(u.Path), u.Query())
	_, err = a.domain.Transfers.Receive(tb.Context(), read, strings.NewReader(text), func() {})
	check(tb, err)
}

// runJobs runs the imports and exports that are due.
func (a *api) runJobs(tb testing.TB) {
	tb.Helper()
	ctx := identity.WithActor(tb.Context(), identity.SystemActor("test"))
	for {
		job, found, err := a.domain.Jobs.Claim(ctx, []string{
			string(identity.TransferUserImport), string(identity.TransferUserExport), string(identity.TransferAuditExport),
			string(identity.TransferUserData),
		}, nil)
		check(tb, err)
		if !found {
			return
		}
		_, err = a.domain.Jobs.Run(ctx, job)
		check(tb, err)
	}
}

// importing is the id of an import in a state.
func (a *api) importing(tb testing.TB, state identity.TransferState) string {
	tb.Helper()
	job := identity.Transfer{
		ID: a.domain.Source.NewID(), Kind: identity.TransferUserImport, Options: json.RawMessage("{}"), Checkpoint: json.RawMessage("{}"), CreatedAt: a.now,
	}.Became(state, a.now)
	check(tb, a.store.InsertTransfer(tb.Context(), job))
	return model.KindJob.ID(job.ID)
}

func TestAnImportIsAskedForAndFollowed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		asked := a.query(t, token, `mutation{importUsers(input:{format:JSON_LINES}){
			job{id kind state createdBy progress finishedAt counts{processed}} uploadUrl uploadUrlExpiresAt userErrors{code}}}`, nil)
		id, _ := asked.at("importUsers", "job", "id").(string)
		link, _ := asked.at("importUsers", "uploadUrl").(string)
		if !strings.HasPrefix(id, "job_") || !strings.HasPrefix(link, testIssuer+"/transfers/") ||
			asked.at("importUsers", "job", "state") != "WAITING" || asked.at("importUsers", "uploadUrlExpiresAt") == nil {
			t.Fatal(asked.body)
		}
		a.sendFile(t, link, `{"username":"ann","email":"ann@id.example"}`+"\n"+`{"username":"ben"}`+"\n{}")
		a.runJobs(t)
		got := a.query(t, token, `query($id:ID!){
			job(id:$id){...f} node(id:$id){id ...f} jobs(filter:{kind:USER_IMPORT,state:SUCCEEDED}){totalCount{value} nodes{id}}
			auditEvents(filter:{targetKind:JOB,targetId:$id}){nodes{action targetId}}
		} fragment f on Job{state createdBy progress error counts{processed created updated unchanged failed}
			failures{number line field message} later:failures(first:5,after:1){number}}`, map[string]any{"id": id})
		want := map[string]any{
			"state": "SUCCEEDED", "createdBy": "root", "progress": 100.0, "error": nil,
			"counts": map[string]any{"processed": 3.0, "created": 1.0, "updated": 0.0, "unchanged": 0.0, "failed": 2.0},
			"failures": []any{
				map[string]any{"number": 1.0, "line": 2.0, "field": "email", "message": "email must be a valid e-mail address of at most 254 characters."},
				map[string]any{"number": 2.0, "line": 3.0, "field": "username", "message": "username must be 3 to 64 letters, digits, underscores, " +
					"dots or hyphens. email must be a valid e-mail address of at most 254 characters."},
			},
			"later": []any{map[string]any{"number": 2.0}},
		}
		if diff := cmp.Diff(want, got.at("job")); diff != "" {
			t.Error(diff)
		}
		if got.at("node", "id") != id || got.at("node", "state") != "SUCCEEDED" || got.at("jobs", "totalCount", "value") != 1.0 {
			t.Error(got.body)
		}
		if events, _ := got.at("auditEvents", "nodes").([]any); len(events) != 3 {
			t.Errorf("%d events: %s", len(events), got.body)
		}
	})
}

// TestAJobThatCannotBeMovedSaysWhy: unknown ids, ids of other kinds, and states from which nothing leads there.
func TestAJobThatCannotBeMovedSaysWhy(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	id, _ := a.query(t, token, `mutation{importUsers(input:{format:CSV}){job{id}}}`, nil).at("importUsers", "job", "id").(string)
	for _, c := range []struct{ field, id, code string }{
		{"pauseJob", id, "JOB_STATE"},
		{"resumeJob", id, "JOB_STATE"},
		{"pauseJob", model.KindJob.ID(a.admin.ID), "JOB_NOT_FOUND"},
		{"resumeJob", model.KindUser.ID(a.admin.ID), "JOB_NOT_FOUND"},
		{"cancelJob", "garbage", "JOB_NOT_FOUND"},
		{"cancelJob", id, ""},
		{"cancelJob", id, "JOB_STATE"},
	} {
		got := a.query(t, token, `mutation($id:ID!){`+c.field+`(input:{id:$id}){job{id} userErrors{code path}}}`, map[string]any{"id": c.id})
		problems, _ := got.at(c.field, "userErrors").([]any)
		if c.code == "" && (len(problems) > 0 || got.at(c.field, "job", "id") != id) ||
			c.code != "" && (len(problems) != 1 || problems[0].(map[string]any)["code"] != c.code || got.at(c.field, "job") != nil) {
			t.Errorf("%s of %s: %s", c.field, c.id, got.body)
		}
	}
	for _, unknown := range []string{"garbage", model.KindUser.ID(a.admin.ID), model.KindJob.ID(a.admin.ID)} {
		if got := a.query(t, token, `query($id:ID!){job(id:$id){id}}`, map[string]any{"id": unknown}); got.at("job") != nil || len(got.Errors) > 0 {
			t.Errorf("%s: %s", unknown, got.body)
		}
	}
}
