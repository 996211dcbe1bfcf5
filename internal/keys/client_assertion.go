package keys

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// assertionLifetime is enough for one request.
const assertionLifetime = time.Minute

// SignAssertion makes the JWT with which a client shows an authorization server that it has a private key (RFC 7523 §2.2, §3).
// The material is PEM or a JSON Web Key, as for Import; faults of it are Invalid errors.
func SignAssertion(material, clientID, audience string, now time.Time) (string, error) {
	private, named, able, err := readPrivate(material)
	if err != nil {
		return "", err
	}
	// The key of a set is found by its kid; without one the server tries those that it has.
	var key struct {
		ID string `json:"kid"`
	}
	if strings.HasPrefix(strings.TrimSpace(material), "{") {
		if err := json.Unmarshal([]byte(material), &key); err != nil {
			return "", badKey("Has a kid that is no text.")
		}
	}
	alg := cmp.Or(named, able[0])
	return sign(header{Algorithm: alg, Type: "JWT", KID: key.ID}, map[string]any{
		"iss": clientID, "sub": clientID, "aud": audience, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(assertionLifetime).Unix(),
	}, jwt.GetSigningMethod(string(alg)), private)
}
