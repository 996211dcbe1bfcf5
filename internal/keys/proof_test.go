package keys_test

import (
	"errors"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/tests/growth"
)

// TestAProofNamesItsKey: the example of RFC 9449 §4.1, and the thumbprint that §6.1 shows for it.
func TestAProofNamesItsKey(t *testing.T) {
	t.Parallel()
	thumbprint, claims, err := keys.Proofs{}.VerifyProof(standardProof)
	if err != nil || thumbprint != "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" || len(claims) == 0 {
		t.Errorf("%q, %s, %v", thumbprint, claims, err)
	}
}

const standardProof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik" +
	"VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR" +
	"nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE" +
	"QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj" +
	"oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia" +
	"WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg" +
	"4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"

// FuzzVerifyProof: nothing panics, every failure is ErrInvalidToken, and the cost grows with the size alone.
func FuzzVerifyProof(f *testing.F) {
	f.Add(standardProof)
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7fX0.e30.AA")
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUifQ.e30.")
	f.Add("...")
	f.Fuzz(func(t *testing.T, proof string) {
		growth.Linear(t, growth.Repeated(proof, ""), func(text string) { _, _, _ = keys.Proofs{}.VerifyProof(text) })
		thumbprint, _, err := keys.Proofs{}.VerifyProof(proof)
		if err != nil && !errors.Is(err, identity.ErrInvalidToken) || err == nil && !identity.IsThumbprint(thumbprint) {
			t.Errorf("%q: %q, %v", proof, thumbprint, err)
		}
	})
}
