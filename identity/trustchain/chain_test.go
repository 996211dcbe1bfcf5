package trustchain

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

var now = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

type set = map[string]any

// entity is one who takes part in a federation.
type entity struct {
	id  string
	key ed25519.PrivateKey
}

func newEntity(id string) entity {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, id[len("https://"):])
	return entity{id, ed25519.NewKeyFromSeed(seed)}
}

func (e entity) jwks() set {
	x := base64.RawURLEncoding.EncodeToString(e.key.Public().(ed25519.PublicKey))
	return set{"keys": []set{{"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x}}}
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// sign makes a statement; changes of null remove a claim.
func (e entity) sign(claims, changes set) string {
	return e.signWith(set{"alg": "EdDSA", "kid": "k", "typ": identity.TypeEntityStatement}, claims, changes)
}

func (e entity) signWith(header, claims, changes set) string {
	for name, v := range changes {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	input := encode(header) + "." + encode(claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(e.key, []byte(input)))
}

func times() (iat, exp int64) { return now.Unix(), now.Add(time.Hour).Unix() }

func (e entity) configuration(changes set) string {
	iat, exp := times()
	return e.sign(set{
		"iss": e.id, "sub": e.id, "iat": iat, "exp": exp, "jwks": e.jwks(),
		"metadata": set{"federation_entity": set{"federation_fetch_endpoint": e.id + "/fetch"}},
	}, changes)
}

func (e entity) about(of entity, changes set) string {
	iat, exp := times()
	return e.sign(set{"iss": e.id, "sub": of.id, "iat": iat, "exp": exp, "jwks": of.jwks()}, changes)
}

// verify proves a signature by the key of a set.
func verify(jwks json.RawMessage, text string) error {
	var s struct {
		Keys []struct{ X string }
	}
	if err := json.Unmarshal(jwks, &s); err != nil || len(s.Keys) != 1 {
		return errors.New("no key")
	}
	key, err := base64.RawURLEncoding.DecodeString(s.Keys[0].X)
	at := strings.LastIndexByte(text, '.')
	signature, errSignature := base64.RawURLEncoding.DecodeString(text[at+1:])
	if err != nil || errSignature != nil || !ed25519.Verify(key, []byte(text[:at]), signature) {
		return errors.New("the signature")
	}
	return nil
}

// federation is a leaf below an intermediate below an anchor, and what is published.
type federation struct {
	leaf, middle, anchor entity
	published            map[string]string
	asked                int
	Validator
}

func newFederation() *federation {
	f := &federation{
		leaf: newEntity("https://rp.example"), middle: newEntity("https://org.example"), anchor: newEntity("https://anchor.example"),
		published: map[string]string{},
	}
	keys, err := json.Marshal(f.anchor.jwks())
	if err != nil {
		panic(err)
	}
	f.Validator = Validator{Anchors: Anchors{f.anchor.id: keys}, Verify: verify, Now: func() time.Time { return now }, Fetch: f.fetch}
	f.superior(f.middle, f.leaf, set{"authority_hints": []string{f.anchor.id}})
	f.superior(f.anchor, f.middle, nil)
	return f
}

func (f *federation) fetch(_ context.Context, address string) ([]byte, error) {
	f.asked++
	text, ok := f.published[address]
	if !ok {
		return nil, errors.New("nothing is there")
	}
	return []byte(text), nil
}

// superior publishes a superior and what it says of another.
func (f *federation) superior(e, of entity, changes set) {
	f.published[ConfigurationAddress(e.id)] = e.configuration(changes)
	f.say(e, of, nil)
}

func (f *federation) say(e, of entity, changes set) {
	f.published[e.id+"/fetch?sub="+url.QueryEscape(of.id)] = e.about(of, changes)
}

// find proves what stands alone.
func (f *federation) find(t *testing.T, configuration string) (identity.TrustChain, error) {
	t.Helper()
	return f.Prove(t.Context(), []string{configuration}, op)
}

// op is whom the configurations of leaves are for.
const op = "https://op.example"

// client is the configuration of the leaf.
func (f *federation) client(changes set) string {
	claims := set{
		"aud": op, "authority_hints": []string{f.middle.id},
		"metadata": set{identity.EntityTypeRelyingParty: set{"redirect_uris": []string{"https://rp.example/cb"}, "client_name": "Notes"}},
	}
	for name, v := range changes {
		claims[name] = v
	}
	return f.leaf.configuration(claims)
}

func (f *federation) chain() []string {
	return []string{f.client(nil), f.middle.about(f.leaf, nil), f.anchor.about(f.middle, nil)}
}

func TestAChainHolds(t *testing.T) {
	t.Parallel()
	f := newFederation()
	withAnchor := append(f.chain(), f.anchor.configuration(nil))
	for name, find := range map[string]func() (identity.TrustChain, error){
		"given":           func() (identity.TrustChain, error) { return f.Validate(f.chain()) },
		"with the anchor": func() (identity.TrustChain, error) { return f.Validate(withAnchor) },
		"resolved":        func() (identity.TrustChain, error) { return f.find(t, f.client(nil)) },
	} {
		c, err := find()
		if err != nil || c.Anchor != f.anchor.id || c.Superior != f.middle.id || c.Entity != f.leaf.id ||
			!c.ExpiresAt.Equal(now.Add(time.Hour)) || string(c.Metadata["client_name"]) != `"Notes"` {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
}

// TestWhatSuperiorsSay: their metadata, then their policies, and the earliest end is that of the chain.
func TestWhatSuperiorsSay(t *testing.T) {
	t.Parallel()
	f := newFederation()
	chain := f.chain()
	chain[1] = f.middle.about(f.leaf, set{
		"metadata":        set{identity.EntityTypeRelyingParty: set{"client_name": "Named by the organization"}},
		"metadata_policy": set{identity.EntityTypeRelyingParty: set{"contacts": set{"add": []string{"org@example.org"}}}}, "exp": now.Add(time.Minute).Unix(),
	})
	chain[2] = f.anchor.about(f.middle, set{
		"metadata":        set{identity.EntityTypeRelyingParty: set{"client_name": "Of the intermediate"}}, // which is not about the leaf
		"metadata_policy": set{identity.EntityTypeRelyingParty: set{"contacts": set{"add": []string{"anchor@example.org"}}}},
	})
	c, err := f.Validate(chain)
	if err != nil || string(c.Metadata["client_name"]) != `"Named by the organization"` ||
		string(c.Metadata["contacts"]) != `["anchor@example.org","org@example.org"]` || !c.ExpiresAt.Equal(now.Add(time.Minute)) {
		t.Errorf("%s %v %v", c.Metadata, c.ExpiresAt, err)
	}
	chain[2] = f.anchor.about(f.middle, set{"metadata_policy": set{identity.EntityTypeRelyingParty: set{"client_name": set{"one_of": []string{"Notes"}}}}})
	if _, err := f.Validate(chain); !errors.Is(err, identity.ErrPolicy) {
		t.Errorf("metadata of a superior, under the policy of the next: %v", err)
	}
}

// TestForgedChainsAreRefused, each for its reason.
func TestForgedChainsAreRefused(t *testing.T) {
	t.Parallel()
	f := newFederation()
	evil := newEntity("https://evil.example")
	excluding := set{"permitted": []string{".example", "org.example"}, "excluded": []string{"rp.example"}}
	critical := set{"metadata_policy_crit": []string{"regexp"}, "metadata_policy": set{"other": set{"a": set{"regexp": "x"}}}}
	policed := func(p set) string {
		return f.anchor.about(f.middle, set{"metadata_policy": set{identity.EntityTypeRelyingParty: p}})
	}
	constrained := func(c set) string { return f.anchor.about(f.middle, set{"constraints": c}) }
	tampered := func(text string) string { // with the name of another in the place of the signed one
		parts := strings.Split(text, ".")
		body, _ := base64.RawURLEncoding.DecodeString(parts[1])
		return parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(body), "Notes", "Other"))) + "." + parts[2]
	}
	for name, c := range map[string]struct {
		at   int
		text string
		want error
	}{
		"a leaf that was changed":              {0, tampered(f.client(nil)), identity.ErrTrustChain},
		"a leaf of other keys":                 {0, f.client(set{"jwks": evil.jwks()}), identity.ErrTrustChain},
		"no hint of its superior":              {0, f.client(set{"authority_hints": []string{f.anchor.id}}), identity.ErrTrustChain},
		"an expired leaf":                      {0, f.client(set{"exp": now.Unix()}), identity.ErrTrustChain},
		"a leaf of tomorrow":                   {0, f.client(set{"iat": now.Add(time.Minute).Unix()}), identity.ErrTrustChain},
		"no exp":                               {0, f.client(set{"exp": nil}), identity.ErrTrustChain},
		"no iat":                               {0, f.client(set{"iat": nil}), identity.ErrTrustChain},
		"something critical":                   {0, f.client(set{"crit": []string{"x"}, "x": 1}), identity.ErrTrustChain},
		"a policy of its own":                  {0, f.client(set{"metadata_policy": set{}}), identity.ErrTrustChain},
		"no relying party":                     {0, f.client(set{"metadata": set{"openid_provider": set{}}}), identity.ErrPolicy},
		"two audiences":                        {0, f.client(set{"aud": []string{"a", "b"}}), identity.ErrTrustChain},
		"too long":                             {0, f.client(set{"x": strings.Repeat("x", MaxStatementBytes)}), identity.ErrTrustChain},
		"a statement of another key":           {1, evil.sign(set{}, nil), identity.ErrTrustChain},
		"a forged statement":                   {1, forged(evil, f.middle, f.leaf), identity.ErrTrustChain},
		"other keys for the leaf":              {1, f.middle.about(f.leaf, set{"jwks": evil.jwks()}), identity.ErrTrustChain},
		"about another":                        {1, f.middle.about(evil, nil), identity.ErrTrustChain},
		"of another":                           {1, evil.about(f.leaf, nil), identity.ErrTrustChain},
		"an expired statement":                 {1, f.middle.about(f.leaf, set{"exp": now.Unix()}), identity.ErrTrustChain},
		"hints in a statement":                 {1, f.middle.about(f.leaf, set{"authority_hints": []string{f.anchor.id}}), identity.ErrTrustChain},
		"the leaf again":                       {1, f.client(nil), identity.ErrTrustChain},
		"an unknown anchor":                    {2, evil.about(f.middle, nil), identity.ErrTrustAnchor},
		"a forged anchor":                      {2, forged(evil, f.anchor, f.middle), identity.ErrTrustChain},
		"a path that is too long":              {2, constrained(set{"max_path_length": 0}), identity.ErrTrustChain},
		"a negative path":                      {2, constrained(set{"max_path_length": -1}), identity.ErrTrustChain},
		"a name that is not permitted":         {2, constrained(set{"naming_constraints": excluding}), identity.ErrTrustChain},
		"no name that is permitted":            {2, constrained(set{"naming_constraints": set{"permitted": []string{".org.example"}}}), identity.ErrTrustChain},
		"a type that is not allowed":           {2, constrained(set{"allowed_entity_types": []string{"openid_provider"}}), identity.ErrPolicy},
		"a critical operator":                  {2, f.anchor.about(f.middle, critical), identity.ErrTrustChain},
		"metadata that breaks the policy":      {2, policed(set{"jwks_uri": set{"essential": true}}), identity.ErrPolicy},
		"keys of the intermediate for another": {2, f.anchor.about(entity{"https://other.example", f.middle.key}, nil), identity.ErrTrustChain},
		"a policy with an operator's type":     {2, policed(set{"a": set{"add": "x"}}), identity.ErrTrustChain},
	} {
		chain := f.chain()
		chain[c.at] = c.text
		if got, err := f.Validate(chain); !errors.Is(err, c.want) || got.Anchor != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, chain := range map[string][]string{
		"nothing":   nil,
		"alone":     f.chain()[:1],
		"a circle":  {f.client(nil), f.middle.about(f.leaf, nil), f.leaf.about(f.middle, nil), f.middle.about(f.leaf, nil)},
		"very long": make([]string, MaxChain+2),
	} {
		if _, err := f.Validate(chain); !errors.Is(err, identity.ErrTrustChain) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheBoundsOfStatements: what is read of a statement of a stranger (OpenID Federation §3.1).
func TestTheBoundsOfStatements(t *testing.T) {
	t.Parallel()
	f := newFederation()
	read := func(header, changes set) error {
		iat, exp := times()
		claims := set{"iss": f.leaf.id, "sub": f.leaf.id, "iat": iat, "exp": exp, "jwks": f.leaf.jwks()}
		_, err := ReadStatement(f.leaf.signWith(header, claims, changes))
		return err
	}
	many, deep := set{}, any(1)
	for i := range maxMembers + 1 {
		many[fmt.Sprint(i)] = i
	}
	for range maxDepth {
		deep = []any{deep}
	}
	good := set{"alg": "EdDSA", "kid": "k", "typ": identity.TypeEntityStatement}
	if err := read(good, nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ header, changes set }{
		"another type":      {set{"alg": "EdDSA", "kid": "k", "typ": "JWT"}, nil},
		"no type":           {set{"alg": "EdDSA", "kid": "k"}, nil},
		"no kid":            {set{"alg": "EdDSA", "typ": identity.TypeEntityStatement}, nil},
		"critical header":   {set{"alg": "EdDSA", "kid": "k", "typ": identity.TypeEntityStatement, "crit": []string{"b64"}}, nil},
		"many members":      {good, many},
		"deep":              {good, set{"x": deep}},
		"an entity by http": {good, set{"iss": "http://rp.example", "sub": "http://rp.example"}},
		"with a query":      {good, set{"iss": "https://rp.example?x", "sub": "https://rp.example?x"}},
		"no keys":           {good, set{"jwks": nil}},
		"a far date":        {good, set{"exp": 1e12}},
	} {
		if err := read(c.header, c.changes); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	for _, c := range []set{{"max_path_length": -1}, {"allowed_entity_types": []string{identity.EntityTypeFederation}}, {"max_path_length": "1"}} {
		if _, err := ReadStatement(f.anchor.about(f.middle, set{"constraints": c})); err == nil {
			t.Errorf("%v was read", c)
		}
	}
}

// TestAChainThatDoesNotHoldIsNamed also where it was searched for, and nobody is asked when one was given.
func TestAChainThatDoesNotHoldIsNamed(t *testing.T) {
	t.Parallel()
	f := newFederation()
	f.say(f.anchor, f.middle, set{"metadata_policy": set{identity.EntityTypeRelyingParty: set{"jwks_uri": set{"essential": true}}}})
	if _, err := f.find(t, f.client(nil)); !errors.Is(err, identity.ErrPolicy) {
		t.Errorf("a policy: %v", err)
	}
	f.say(f.anchor, f.middle, set{"exp": now.Unix()})
	if _, err := f.find(t, f.client(nil)); !errors.Is(err, identity.ErrTrustChain) {
		t.Errorf("over: %v", err)
	}
	f.asked = 0
	if c, err := f.Prove(t.Context(), f.chain(), op); err != nil || c.Entity != f.leaf.id || f.asked != 0 {
		t.Errorf("given: %v, asked %d times", err, f.asked)
	}
	if _, err := f.Prove(t.Context(), nil, op); !errors.Is(err, identity.ErrEntityStatement) {
		t.Errorf("nothing: %v", err)
	}
}

// TestNamesAreExact: encoding/json would take the names of other claims for those that are checked.
func TestNamesAreExact(t *testing.T) {
	t.Parallel()
	f := newFederation()
	iat, exp := times()
	for name, odd := range map[string]string{"capitals": "ISS", "the long s": "i\u017f\u017f"} {
		text := f.leaf.sign(set{odd: f.leaf.id, "sub": f.leaf.id, "iat": iat, "exp": exp, "jwks": f.leaf.jwks()}, nil)
		if s, err := ReadStatement(text); err == nil {
			t.Errorf("%s: %s", name, s.Issuer)
		}
	}
}

// forged is a statement of one, signed by another.
func forged(by, as, about entity) string { return entity{as.id, by.key}.about(about, nil) }

// TestConstraintsThatHold: those of the examples of §6.2.
func TestConstraintsThatHold(t *testing.T) {
	t.Parallel()
	f := newFederation()
	for _, c := range []set{
		{"max_path_length": 1},
		{"naming_constraints": set{"permitted": []string{".example"}, "excluded": []string{"example"}}},
		{"allowed_entity_types": []string{identity.EntityTypeRelyingParty}},
		{"unknown": 1},
	} {
		chain := f.chain()
		chain[2] = f.anchor.about(f.middle, set{"constraints": c})
		if _, err := f.Validate(chain); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestTheSearchIsBounded: hints that lead round in a circle, far away, and to many, end.
func TestTheSearchIsBounded(t *testing.T) {
	t.Parallel()
	f := newFederation()
	f.superior(f.middle, f.leaf, set{"authority_hints": []string{f.leaf.id, f.middle.id}})
	if _, err := f.find(t, f.client(nil)); !errors.Is(err, identity.ErrTrustAnchor) || f.asked != 2 {
		t.Errorf("a circle: %v, asked %d times", err, f.asked)
	}
	f = newFederation()
	below, wide := f.leaf, []string{}
	for i := range 30 { // each below the next
		above := newEntity(fmt.Sprintf("https://e%d.example", i))
		f.superior(above, below, set{"authority_hints": []string{fmt.Sprintf("https://e%d.example", i+1)}})
		below = above
		wide = append(wide, fmt.Sprintf("https://nobody%d.example", i))
	}
	if _, err := f.find(t, f.client(set{"authority_hints": []string{"https://e0.example"}})); err == nil || f.asked > 2*MaxChain {
		t.Errorf("far away: %v, asked %d times", err, f.asked)
	}
	f.asked = 0
	if _, err := f.find(t, f.client(set{"authority_hints": wide})); err == nil || f.asked != 0 {
		t.Errorf("hints to many: %v, asked %d times", err, f.asked)
	}
	hints := map[string][]string{"https://a.example": wide[:10], "https://b.example": wide[10:20], "https://c.example": wide[20:]}
	for id, of := range hints {
		f.superior(newEntity(id), f.leaf, set{"authority_hints": of})
	}
	first := []string{"https://a.example", "https://b.example", "https://c.example"}
	if _, err := f.find(t, f.client(set{"authority_hints": first})); err == nil || f.asked != maxFetches {
		t.Errorf("hints to many of each: %v, asked %d times", err, f.asked)
	}
	f.asked = 0
	forger := entity{f.leaf.id, newEntity("https://evil.example").key}
	for name, text := range map[string]string{
		"forged":       forger.configuration(set{"aud": op, "jwks": f.leaf.jwks(), "authority_hints": []string{f.middle.id}}),
		"for another":  f.client(set{"aud": "https://other.example"}),
		"for nobody":   f.client(set{"aud": nil}),
		"about others": f.leaf.about(f.middle, set{"aud": op}),
		"no JWT":       "x",
	} {
		if _, err := f.find(t, text); !errors.Is(err, identity.ErrEntityStatement) || f.asked != 0 {
			t.Errorf("a leaf that is %s: %v, asked %d times", name, err, f.asked)
		}
	}
	detour := f.client(set{"authority_hints": []string{"https://nobody.example", "https://a.example", f.middle.id}})
	if _, err := f.find(t, detour); err == nil {
		t.Error("there was enough to fetch, which the bound is for")
	}
	if _, err := f.find(t, f.client(set{"authority_hints": []string{"https://nobody.example", f.middle.id}})); err != nil {
		t.Errorf("by the second hint: %v", err)
	}
}
