package identity_test

import (
	"crypto/aes"
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// BenchmarkSubjects is what a name costs that a client is told, beside what it is made of: one HMAC, one key of AES and one block.
func BenchmarkSubjects(b *testing.B) {
	f := newFixture(b)
	subjects, user := identity.NewSubjects(f.deps), uuid.New()
	for name, m := range map[string]identity.ClientMetadata{
		"public":   {SubjectType: identity.SubjectPublic},
		"pairwise": {SubjectType: identity.SubjectPairwise, RedirectURIs: []string{callback}},
	} {
		client := identity.Client{ClientID: "app", Metadata: m}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := subjects.Of(f.ctx, client, user); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("primitive", func(b *testing.B) {
		key := make([]byte, 32)
		for b.Loop() {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte("user\x00app.example"))
			block, err := aes.NewCipher(mac.Sum(nil))
			if err != nil {
				b.Fatal(err)
			}
			block.Encrypt(user[:], user[:])
		}
	})
}
