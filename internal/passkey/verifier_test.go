package passkey

import "testing"

// TestBrowsersKnowNoPasskeysOfAnAddress, nor of a name that cannot be a domain (WebAuthn §5.1.3).
func TestBrowsersKnowNoPasskeysOfAnAddress(t *testing.T) {
	t.Parallel()
	for issuer, good := range map[string]bool{
		"https://id.example.org": true, "https://id.example.org:8443": true, "http://localhost:8080": true,
		"http://127.0.0.1:8080": false, "http://[::1]:8080": false, "https://intranet": false, "https://ä.example": false,
	} {
		v, err := New(issuer)
		if (err == nil) != good {
			t.Errorf("%s: %v", issuer, err)
		}
		if good && v.RelyingPartyID() == "" {
			t.Errorf("%s has no id", issuer)
		}
	}
}

func TestAPasskeyIsCalledAsItsModel(t *testing.T) {
	t.Parallel()
	bitwarden := []byte{0xd5, 0x48, 0x82, 0x6e, 0x79, 0xb4, 0xdb, 0x40, 0xa3, 0xd8, 0x11, 0x11, 0x6f, 0x7e, 0x83, 0x49}
	for want, aaguid := range map[string][]byte{"Bitwarden": bitwarden, "": make([]byte, 16)} {
		if got := modelName(aaguid); got != want {
			t.Errorf("%x is called %q", aaguid, got)
		}
	}
	if got := modelName(nil); got != "" {
		t.Errorf("nothing is called %q", got)
	}
}
