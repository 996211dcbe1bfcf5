package web

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	shownCode   = regexp.MustCompile(`<li><code class="alone">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})</code></li>`)
	sealedCodes = regexp.MustCompile(`name="codes" value="([^"]+)"`)
)

// codesOf returns what a page shows, and the same under seal.
func codesOf(t *testing.T, body string) (codes []string, sealed string) {
	t.Helper()
	for _, found := range shownCode.FindAllStringSubmatch(body, -1) {
		codes = append(codes, found[1])
	}
	found := sealedCodes.FindStringSubmatch(body)
	if len(codes) != 8 || found == nil {
		t.Fatalf("the page shows %d codes", len(codes))
	}
	return codes, html.UnescapeString(found[1])
}

func TestRecoveryCodesAreKeptAndUsed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	s.get("/account/security/codes").leadsTo(t, "/account/security") // there is nothing that they could stand for
	s.enrol()
	s.get("/account/security").has(t, `id="codes-new"`, "You have no codes.")
	page := s.get("/account/security/codes")
	page.has(t, `id="codes-saved"`, "Not now")
	codes, sealed := codesOf(t, page.body)

	file := s.post("/account/security/codes/download", "codes", sealed)
	if file.status != http.StatusOK || !strings.Contains(file.body, strings.Join(codes, "\n")) {
		t.Errorf("the file is %d %q", file.status, file.body)
	}
	if got := file.header.Get("Content-Disposition"); got != `attachment; filename="recovery-codes.txt"` {
		t.Errorf("the file is sent as %q", got)
	}
	unsaved := s.post("/account/security/codes", "codes", sealed)
	unsaved.shows(t, http.StatusBadRequest, "Save the codes first")
	if again, _ := codesOf(t, unsaved.body); again[0] != codes[0] {
		t.Error("a set that was not said to be kept is another one")
	}
	s.get("/account/security").has(t, "You have no codes.")
	s.post("/account/security/codes", "codes", sealed, "saved", "yes").leadsTo(t, "/account/security")
	s.get("/account/security").has(t, "You have 8 codes left.")
	s.post("/account/security/codes", "skip", "yes").leadsTo(t, "/account/security")
	s.get("/account/security/codes").has(t, "Keep those that I have")

	s.cookie = ""
	handle := s.interaction(nil)
	s.post("/login?interaction="+handle, "username", "ada", "password", secretWord).leadsTo(t, "/login/second?interaction="+handle)
	s.get("/login/second?interaction="+handle).has(t, `id="use-recovery" href="/login/recovery-code?interaction=`)
	step := "/login/recovery-code?interaction=" + handle
	s.get(step).has(t, `id="recovery_code"`, `id="recovery-submit"`, `autocomplete="off"`, "Notes")
	for _, wrong := range []string{"", "123456", codes[0][1:]} {
		s.post(step, "recovery_code", wrong).shows(t, http.StatusUnauthorized, "The code is wrong or was used already.")
	}
	s.post(step, "recovery_code", strings.ToLower(codes[0])).leadsTo(t, authorize+handle)
	s.get("/account/security").has(t, "You have 7 codes left.")
	s.now = s.now.Add(time.Hour)
	s.get("/account/security/codes").leadsToSignIn(t)
	s.post("/account/security/codes", "codes", sealed, "saved", "yes").leadsToSignIn(t)
	s.post("/account/security/codes/download", "codes", sealed).leadsToSignIn(t)
}

// TestCodesOfAnOldPageAreReplaced: nobody is left with codes that do not work.
func TestCodesOfAnOldPageAreReplaced(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	s.enrol()
	page := s.post("/account/security/codes", "codes", "of another page", "saved", "yes")
	page.shows(t, http.StatusUnauthorized, "Those codes cannot be used any more.")
	_, sealed := codesOf(t, page.body)
	s.post("/account/security/codes/download", "codes", "of another page").leadsTo(t, "/account/security/codes")
	s.post("/account/security/codes", "codes", sealed, "saved", "yes").leadsTo(t, "/account/security")
}
