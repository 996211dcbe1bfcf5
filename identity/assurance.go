package identity

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Level says how sure the server is of who somebody is.
type Level int

// The levels. A higher one satisfies a lower one.
const (
	LevelNone  Level = iota // nothing that may be trusted: never a session that counts, never a token
	LevelOne                // one factor
	LevelTwo                // a second one beside it, of another kind and by another channel
	LevelThree              // resistant to phishing: a passkey whose authenticator has verified the person
)

// Factor is one proof of who somebody is.
type Factor struct {
	Kind         CredentialKind `json:"kind"`
	At           time.Time      `json:"at"`
	CredentialID uuid.UUID      `json:"credential_id,omitzero"` // zero for the password: there is one

	// Of a passkey or a security key.
	Verified bool `json:"verified,omitzero"` // the authenticator was asked to verify the person, and has
	Synced   bool `json:"synced,omitzero"`   // it may be copied between devices

	Level Level `json:"level,omitzero"` // of a sign-in at a provider, as that says; 0 = LevelOne
}

// classes are the authentication context classes of the levels (OIDC Core §2). That of the third is a registered name
// (OpenID Connect EAP ACR Values 1.0 §3).
var classes = map[Level]string{LevelOne: "urn:authly:acr:1", LevelTwo: "urn:authly:acr:2", LevelThree: "phr"}

// levelOf returns the level that a class stands for, or LevelNone.
func levelOf(class string) Level {
	for level, name := range classes {
		if name == class {
			return level
		}
	}
	return LevelNone
}

// AuthenticationClasses lists the classes that a sign-in can be of.
func (d *Domain) AuthenticationClasses() []string {
	known := maps.Clone(classes)
	if !d.Passkeys.Enabled() {
		delete(known, LevelThree)
	}
	return slices.Sorted(maps.Values(known))
}

// RequestedClasses are the classes that a client asks of a sign-in (OIDC Core §3.1.2.1, §5.5.1.1), in its order. Those
// that are not known here count for nothing.
type RequestedClasses struct {
	Voluntary []string
	Essential []string // the sign-in must be of one of them; empty = it need not
	Required  string   // and in any case of this one, or a higher one; "" = it need not
}

// least returns the lowest level that will do, which is LevelNone when any does.
func (r RequestedClasses) least() Level {
	least := LevelNone
	for _, class := range r.Essential {
		if level := levelOf(class); level > LevelNone && (least == LevelNone || level < least) {
			least = level
		}
	}
	return max(least, levelOf(r.Required))
}

// preferred returns the level that the client asks for: the lowest that will do, or else the first of those that are known
// here and in reach. LevelNone when it asks for none.
func (r RequestedClasses) preferred(reach Level) Level {
	if len(r.Essential) > 0 {
		return r.least()
	}
	for _, class := range r.Voluntary {
		if level := levelOf(class); level > LevelNone && level <= reach {
			return max(level, r.least())
		}
	}
	return r.least()
}

// answer returns the class that is said of a sign-in of the level: the highest that was asked for and is satisfied, but none
// below what is required; else its own.
func (r RequestedClasses) answer(reached Level) string {
	best := LevelNone
	for _, class := range slices.Concat(r.Essential, r.Voluntary) {
		if level := levelOf(class); level <= reached {
			best = max(best, level)
		}
	}
	if best == LevelNone {
		best = reached
	}
	return classes[max(best, min(levelOf(r.Required), reached))]
}

// Assurance is what factors prove together.
type Assurance struct {
	Factors []Factor
	Level   Level
}

// sameAs reports whether a later proof stands for this one.
func (f Factor) sameAs(later Factor) bool {
	return f.Kind == later.Kind && f.Verified == later.Verified
}

// level returns what the factor reaches alone.
func (f Factor) level() Level {
	if f.Kind == CredentialPasskey && f.Verified {
		return LevelThree
	}
	if f.Kind == CredentialFederated && f.Level == LevelTwo {
		return LevelTwo
	}
	return factorKinds[f.Kind].level
}

// methods are what the factor is called by clients (RFC 8176 §2; pop: OpenID Connect EAP ACR Values 1.0 §5).
func (f Factor) methods() []string {
	if f.Kind != CredentialPasskey && f.Kind != CredentialSecurityKey {
		return []string{factorKinds[f.Kind].method}
	}
	list := []string{"pop", "hwk"}
	if f.Synced {
		list[1] = "swk"
	}
	if f.Verified {
		list = append(list, "user")
	}
	return list
}

// Assure returns what factors prove together. The same kind twice is one factor: the later proof counts.
func Assure(factors ...Factor) Assurance {
	var a Assurance
	second := false
	for _, f := range factors {
		known, ok := factorKinds[f.Kind]
		if !ok {
			continue
		}
		a.Level = max(a.Level, f.level())
		second = second || known.second
		same := slices.IndexFunc(a.Factors, func(other Factor) bool { return other.sameAs(f) })
		switch {
		case same < 0:
			a.Factors = append(a.Factors, f)
		case f.At.After(a.Factors[same].At):
			a.Factors[same] = f
		}
	}
	if second && a.Level == LevelOne {
		a.Level = LevelTwo
	}
	return a
}

// methodMultiFactor says that more than one factor was proven (RFC 8176 §2).
const methodMultiFactor = "mfa"

// methodTrustedBrowser says that the place was taken for a second factor (rba: risk-based authentication, RFC 8176 §2).
const methodTrustedBrowser = "rba"

// AMR returns the authentication methods (RFC 8176), each once, in the order of the factors.
func (a Assurance) AMR() []string {
	var methods []string
	for _, f := range a.Factors {
		for _, method := range f.methods() {
			if !slices.Contains(methods, method) {
				methods = append(methods, method)
			}
		}
	}
	if a.Level >= LevelTwo {
		methods = append(methods, methodMultiFactor)
	}
	return methods
}

// ACR returns the authentication context class, or "".
func (a Assurance) ACR() string { return classes[a.Level] }

// AuthTime returns when a first factor was last proven; zero when none was. A second factor raises the level and not the
// time: max_age means an active sign-in (RFC 9470 §4).
func (a Assurance) AuthTime() time.Time {
	var last time.Time
	for _, f := range a.Factors {
		if f.level() > LevelNone && f.At.After(last) {
			last = f.At
		}
	}
	return last
}
