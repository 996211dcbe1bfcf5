package tests

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/tests/harness"
)

const importDocument = `mutation($input:ImportUsersInput!){importUsers(input:$input){job{id state} uploadUrl userErrors{code message}}}`

// put sends a file to a signed link of the server.
func put(t *testing.T, n *harness.Node, link string, file io.Reader, headers ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, n.URL+strings.TrimPrefix(link, n.Issuer), file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// importing asks for an import and returns its id and where the file goes.
func (a administration) importing(t *testing.T, input object) (id, link string) {
	t.Helper()
	payload := a.run(t, importDocument, "input", input)["importUsers"]
	id, _ = dig(payload, "job", "id").(string)
	link, _ = dig(payload, "uploadUrl").(string)
	if id == "" || link == "" {
		t.Fatal(payload)
	}
	return id, link
}

// finished waits for the end of a job.
func (a administration) finished(t *testing.T, id string) (job any) {
	t.Helper()
	key, _ := model.KindJob.Parse(id)
	await(t, "end of the job", func() bool {
		job, err := a.Server.Admin.Transfers.Get(harness.System(t), key)
		return err == nil && job.State.Final()
	})
	return a.run(t, `query($id:ID!){job(id:$id){state error counts{processed created updated failed} failures{line field message}}}`, "id", id)["job"]
}

// await asks again and again, until what it waits for is there.
func await(t *testing.T, what string, ask func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); !ask(); {
		select {
		case <-late:
			t.Fatal("in vain: " + what)
		case <-tick.C:
		}
	}
}

// TestImportedUsersSignIn: by a file of JSON Lines that is uploaded to the server by a signed link.
func TestImportedUsersSignIn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id, link := a.importing(t, object{"format": "JSON_LINES"})
		// The hash of passlib's documentation, of the password "password".
		file := `{"username":"imported","email":"imported@example.org","verified":true,` +
			`"password_hash":"$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44"}` + "\n"
		if status, text := put(t, a.Node, link+"x", strings.NewReader(file)); status != http.StatusForbidden || !strings.Contains(text, "not valid") {
			t.Errorf("a forged link: %d %s", status, text)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = fmt.Fprint(w, file)
		_ = w.Close()
		for _, coding := range []string{"gzip", "identity"} { // the second is compressed all the same
			if status, text := put(t, a.Node, link, bytes.NewReader(packed.Bytes()), "Content-Encoding", coding); status != http.StatusBadRequest ||
				!strings.Contains(text, "compressed") {
				t.Errorf("%s: %d %s", coding, status, text)
			}
		}
		if status, text := put(t, a.Node, link, strings.NewReader(file)); status != http.StatusOK {
			t.Fatal(status, text)
		}
		if job := a.finished(t, id); dig(job, "state") != "SUCCEEDED" || dig(job, "counts", "created") != 1.0 {
			t.Fatal(job)
		}
		a.signIn(t, "imported", "password")
		if status, text := put(t, a.Node, link, strings.NewReader(file)); status != http.StatusConflict {
			t.Errorf("a second file: %d %s", status, text)
		}
	})
}

func TestImportsAreRefusedWithoutTheirScopes(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	a.refuses(t, "admin:users:write", `mutation{importUsers(input:{format:CSV}){userErrors{code}}}`)
	for _, field := range []string{"pauseJob", "resumeJob", "cancelJob"} {
		a.refuses(t, "admin:jobs:write", `mutation{`+field+`(input:{id:"x"}){userErrors{code}}}`)
	}
	a.refuses(t, "admin:jobs:read", `{jobs{nodes{id}}}`)
	a.refuses(t, "admin:jobs:read", `{job(id:"x"){id}}`)
}

// foreignPassword is that of the users in testdata/import.
const foreignPassword = "tall grass 42 river"

// TestUsersOfOthersSignIn: those of a realm of Keycloak with hashes of argon2 and PBKDF2, those of Auth0 and of the predecessor
// with bcrypt.
func TestUsersOfOthersSignIn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		send := func(format, file string) any {
			id, link := a.importing(t, object{"format": format})
			text, err := os.ReadFile("testdata/import/" + file)
			if err != nil {
				t.Fatal(err)
			}
			if status, answer := put(t, a.Node, link, bytes.NewReader(text)); status != http.StatusOK {
				t.Fatal(status, answer)
			}
			return a.finished(t, id)
		}
		realm := send("KEYCLOAK", "keycloak-realm.json")
		if dig(realm, "state") != "SUCCEEDED" || dig(realm, "counts", "created") != 4.0 || dig(realm, "counts", "failed") != 2.0 ||
			dig(realm, "failures", 0, "message") != "The user is the service account of a client." || dig(realm, "failures", 1, "field") != "credentials" {
			t.Fatal(realm)
		}
		for _, username := range []string{"kc-argon", "kc512@example.org"} {
			a.signIn(t, username, foreignPassword)
		}
		ann, mail, must, gone := a.User(t, "kc-argon"), a.User(t, "kc512-example.org"), a.User(t, "kc256"), a.User(t, "kc-gone")
		if ann.Claims.GivenName != "Ann" || ann.Claims.FamilyName != "Lee" || ann.Claims.Locale != "nb" || ann.Claims.PhoneNumber != "+4712345678" ||
			!ann.Verified || mail.Verified || !must.RequiresPasswordChange || must.Password.Hash == "" || gone.Active {
			t.Errorf("%+v\n%+v\n%+v\n%+v", ann, mail, must, gone)
		}
		tenant := send("AUTH0", "auth0-users.jsonl")
		if dig(tenant, "state") != "SUCCEEDED" || dig(tenant, "counts", "created") != 3.0 {
			t.Fatal(tenant)
		}
		a.signIn(t, "hashed@example.org", foreignPassword)
		zoe, hashed, blocked := a.User(t, "auth0-64f0"), a.User(t, "auth0-60425dc43519d90068f82973"), a.User(t, "blocked")
		if zoe.Claims.Name != "" || zoe.Claims.GivenName != "Zoe" || !zoe.Verified || hashed.Password.Hash == "" || hashed.Verified || blocked.Active {
			t.Errorf("%+v\n%+v\n%+v", zoe, hashed, blocked)
		}
		dump := send("PREDECESSOR", "predecessor.sql")
		if dig(dump, "state") != "SUCCEEDED" || dig(dump, "counts", "created") != 3.0 || dig(dump, "counts", "failed") != 2.0 ||
			dig(dump, "failures", 0, "message") != "This username is taken." || dig(dump, "failures", 0, "line") != 170.0 ||
			dig(dump, "failures", 1, "field") != "zoneinfo" {
			t.Fatal(dump)
		}
		a.signIn(t, "olga_1", foreignPassword)
		olga, root, left := a.User(t, "olga_1"), a.User(t, "root_admin"), a.User(t, "gone")
		if olga.ID.String() != "0b0c7a52-7b5e-4c39-9d3a-5a2f3f1f6e01" || olga.Claims.GivenName != "Ölga" || olga.Claims.Nickname != `a\b` ||
			olga.Claims.Birthdate != "1990-04-05" || !olga.Claims.PhoneNumberVerified || olga.Claims.Address.StreetAddress != "Way 1\nDoor 2" ||
			!olga.Verified || root.Admin || !root.RequiresPasswordChange || left.Active || left.Claims.Address != nil {
			t.Errorf("%+v\n%+v\n%+v", olga, root, left)
		}
	})
}
