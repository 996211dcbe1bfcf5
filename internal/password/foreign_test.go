package password

import (
	"errors"
	"strings"
	"testing"
)

const (
	keycloakSalt = "$yMnKy8zNzs/Q0dLT1NXW1w$"
	firebaseCost = "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk="
	firebaseKey  = "ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw=="
	firebaseSum  = "$C0sHCg9ek77hsg==$zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw=="
)

// TestVerifyKnowsWhatOthersHash: the examples of passlib's and Supabase's own documentation and tests, and what Python's
// hashlib makes with the 64 bytes of a key that Keycloak stores whatever the digest.
func TestVerifyKnowsWhatOthersHash(t *testing.T) {
	t.Parallel()
	h := New(cheap, 1)
	for name, test := range map[string]struct{ encoded, password string }{
		"PBKDF2, SHA-1, passlib":   {"$pbkdf2$1000$c2FsdHk$TX4yNQQZVOCfG5gIIedaYDjifAE", ""},
		"PBKDF2, SHA-256, passlib": {"$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44", "password"},
		"PBKDF2, SHA-1, Keycloak": {
			"$pbkdf2$1000" + keycloakSalt +
				"YdQbXwwbcfdToJQrs1Uq8GeWKFVql9UA9zEgW.xuI15yOZIbuc/yDcydqhlOmZUX6O2XpbJG2JaNkCyod13mHQ", "open sesame",
		},
		"PBKDF2, SHA-256, Keycloak": {
			"$pbkdf2-sha256$1000" + keycloakSalt +
				"4dp9d4kjEl06Lw.GHmHulYYQ8U61GZqor49/f9tT6XuhsLOKplE2Wtf1UHoMVQ048X6cwmzsF4wlcZSGLs2vvg", "open sesame",
		},
		"PBKDF2, SHA-512, Keycloak": {
			"$pbkdf2-sha512$1000" + keycloakSalt +
				"zscXes6adEgj6xXc/ja3wX6DUNPmjv/stAa.kpOV/rDGgS7/F1yLCq6LAZPb0YEehJClxeeBMxYr5ZFSBmlCEg", "open sesame",
		},
		"scrypt, passlib": {"$scrypt$ln=4,r=8,p=1" + keycloakSalt + "OAZbIqOOErCwku6480WcxYYNNZYPoi+/uBRVucxCekg", "open sesame"},
		"Firebase":        {firebaseCost + firebaseKey + firebaseSum, "mytestpassword"},
	} {
		if test.password != "" {
			if ok, stale := verify(t, h, test.password, test.encoded); !ok || !stale {
				t.Errorf("%s: ok %v, stale %v", name, ok, stale)
			}
		}
		if ok, _ := verify(t, h, test.password+"x", test.encoded); ok {
			t.Errorf("%s: another password is good", name)
		}
	}
}

func TestVerifyRefusesForeignHashesOutOfBounds(t *testing.T) {
	t.Parallel()
	const key = "OAZbIqOOErCwku6480WcxYYNNZYPoi+/uBRVucxCekg"
	scryptOf := func(costs string) string { return "$scrypt$" + costs + keycloakSalt + key }
	pbkdf2Of := func(start string) string { return start + keycloakSalt + key }
	h := New(cheap, 1)
	for _, good := range []string{
		scryptOf("ln=17,r=8,p=1"), scryptOf("ln=13,r=8,p=10"), pbkdf2Of("$pbkdf2-sha512$2000000"), firebaseCost + firebaseKey + firebaseSum,
	} {
		if err := h.CheckEncoded(good); err != nil {
			t.Fatalf("%s is refused: %v", good, err)
		}
	}
	for _, bad := range []string{
		scryptOf("ln=18,r=8,p=1"), scryptOf("ln=17,r=9,p=1"), scryptOf("ln=17,r=8,p=3"), scryptOf("ln=20,r=1,p=3"), scryptOf("ln=63,r=8,p=1"),
		scryptOf("ln=4,r=8,p=2000000000"), scryptOf("ln=4,r=2000000000,p=1"), scryptOf("ln=0,r=8,p=1"), scryptOf("ln=4,r=0,p=1"),
		scryptOf("ln=04,r=8,p=1"), scryptOf("ln=+4,r=8,p=1"), scryptOf("r=8,ln=4,p=1"), scryptOf("ln=4,r=8"), scryptOf("ln=4,r=8,p=1") + "\n",
		scryptOf("ln=4,r=8,p=1") + "$x", "$scrypt$ln=4,r=8,p=1$c2FsdHk$AAAA", "$scrypt$ln=4,r=8,p=1$$" + key,
		"$scrypt$ln=4,r=8,p=1$" + strings.Repeat("A", 88) + "$" + key,
		pbkdf2Of("$pbkdf2-sha256$2000001"), pbkdf2Of("$pbkdf2-sha256$99999999999999999999"), pbkdf2Of("$pbkdf2-sha256$0"),
		pbkdf2Of("$pbkdf2-sha256$-1"), pbkdf2Of("$pbkdf2-md5$1000"), pbkdf2Of("$pbkdf2sha256$1000"), "$pbkdf2-sha256$1000$c2FsdHk$",
		firebaseCost + firebaseSum, strings.Replace(firebaseCost, "n=14", "n=18", 1) + firebaseKey + firebaseSum,
		strings.Replace(firebaseCost, "v=1", "v=2", 1) + firebaseKey + firebaseSum, firebaseCost + firebaseKey + "$C0sHCg9ek77hsg==$zKVTMvnWVw4=",
		firebaseCost + strings.Repeat("AAAA", 60) + firebaseSum,
	} {
		if proof, err := h.Verify(t.Context(), "x", bad); proof.OK || !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %+v, %v", bad, proof, err)
		}
	}
}
