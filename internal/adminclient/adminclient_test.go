package adminclient

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"
)

func TestTokensGoOnlyWhereNobodyElseReadsThem(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://id.example.org": "https://id.example.org", "https://id.example.org/": "https://id.example.org",
		"http://localhost:8080": "http://localhost:8080", "http://127.0.0.1:1": "http://127.0.0.1:1", "http://[::1]:1": "http://[::1]:1",
		"http://id.example.org": "", "http://10.0.0.1": "", "http://localhost.example.org": "", "https://": "", "id.example.org": "", "": "",
		"https://user@id.example.org": "", "https://id.example.org/path": "", "https://id.example.org?x": "", "ftp://id.example.org": "",
	} {
		got, err := ParseServer(address)
		var fault *Error
		if got != want || (want == "") != errors.As(err, &fault) || fault != nil && fault.ExitCode() != 2 {
			t.Errorf("%q: %q, %v", address, got, err)
		}
	}
}

func TestANameOfAProfileIsNoPath(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{"prod": true, "localhost:8080": true, "::1:8080": false, "../x": false, "a/b": false, "": false, ".x": false} {
		if err := CheckName(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestTheLoopbackTakesOneAnswer: any page of the machine can send others.
func TestTheLoopbackTakesOneAnswer(t *testing.T) {
	t.Parallel()
	answers := make(chan answer, 1)
	handler := callback("right", "https://id.example.org", answers)
	for _, c := range []struct {
		target string
		status int
	}{
		{"/callback?code=evil", 400},
		{"/callback?code=evil&state=wrong", 400},
		{"/other?code=evil&state=right", 404},
		{"/callback?code=evil&state=right&iss=https://evil.example", 400},
		{"/callback?code=good&state=right&iss=https://id.example.org", 200},
		{"/callback?code=late&state=right", 200},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.target, nil))
		if w.Code != c.status {
			t.Errorf("%s: %d", c.target, w.Code)
		}
	}
	if a := <-answers; a.code != "good" || len(answers) != 0 {
		t.Errorf("%+v", a)
	}
}

// TestTokensAreInTheKeyringWhereThereIsOne, and in a file where there is none, or where it takes none of this length.
func TestTokensAreInTheKeyringWhereThereIsOne(t *testing.T) {
	keyring.MockInit()
	f := Folder{filepath.Join(t.TempDir(), "authly")}
	unlock, err := f.lock("profiles")
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	token := &oauth2.Token{AccessToken: "a", RefreshToken: "r", Expiry: time.Unix(1_800_000_000, 0)}
	n := Named{Name: "prod"}
	if err := f.storeTokens(&n, token); err != nil || n.Tokens != InKeyring {
		t.Fatalf("%v %q", err, n.Tokens)
	}
	if _, err := os.Stat(filepath.Join(f.path, tokenFile("prod"))); err == nil {
		t.Error("the tokens are in a file too")
	}
	if got, err := f.readTokens(n); err != nil || got.RefreshToken != "r" {
		t.Errorf("%v %v", got, err)
	}
	if err := f.forgetTokens(n); err != nil {
		t.Error(err)
	}
	if got, err := f.readTokens(n); got != nil || err != nil {
		t.Errorf("%v %v", got, err)
	}
	if err := f.forgetTokens(n); err != nil {
		t.Errorf("a second time: %v", err)
	}

	keyring.MockInitWithError(keyring.ErrSetDataTooBig)
	other := Named{Name: "file"}
	if err := f.storeTokens(&other, token); err != nil || other.Tokens != InFile {
		t.Fatalf("%v %q", err, other.Tokens)
	}
	info, err := os.Stat(filepath.Join(f.path, tokenFile("file")))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	wanted := Named{Name: "ring", Profile: Profile{Tokens: InKeyring}}
	if err := f.storeTokens(&wanted, token); err == nil {
		t.Error("the keyring was wanted, and is not there")
	}
}

// TestAFileOfProfilesThatIsBrokenIsNotOverwritten: what a person has mended by hand, and not well, is theirs to mend.
func TestAFileOfProfilesThatIsBrokenIsNotOverwritten(t *testing.T) {
	t.Parallel()
	f := Folder{t.TempDir()}
	if err := os.WriteFile(f.file(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.save(Named{Name: "x"}); err == nil {
		t.Error("it was written over")
	}
	if content, err := os.ReadFile(f.file()); err != nil || string(content) != "{" {
		t.Errorf("%s %v", content, err)
	}
}
