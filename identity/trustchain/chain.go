package trustchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/authly/authly/identity"
)

// MaxChain bounds the statements of a chain: the configuration of its subject, and those of five superiors.
const MaxChain = 6

// maxFetches bounds what is fetched for one chain.
const maxFetches = 16

// patience is how long a search may take.
const patience = 10 * time.Second

// Verify proves the signature of a statement by a key of a JWK set.
type Verify func(jwks json.RawMessage, statement string) error

// Fetch returns the statement at an address.
type Fetch func(ctx context.Context, address string) ([]byte, error)

// Anchors are the trust anchors and their keys, which are known beforehand.
type Anchors map[string]json.RawMessage

// Validator proves trust chains. It implements identity.TrustChains.
type Validator struct {
	Anchors Anchors
	Verify  Verify
	Fetch   Fetch
	Now     func() time.Time
}

// Validate proves a chain (§10.2): the configuration of its subject, statements each of the superior of the one before, and at its end,
// if so wanted, the configuration of the anchor.
func (v Validator) Validate(texts []string) (identity.TrustChain, error) {
	statements, err := readChain(texts)
	if err != nil {
		return identity.TrustChain{}, err
	}
	anchor := statements[len(statements)-1].Issuer
	keys, trusted := v.Anchors[anchor]
	if !trusted {
		return identity.TrustChain{}, fmt.Errorf("%w: %s", identity.ErrTrustAnchor, anchor)
	}
	now, expires := v.Now(), statements[0].ExpiresAt
	for i, s := range statements {
		if s.issuedAt.After(now.Add(skew)) || !s.ExpiresAt.After(now) {
			return identity.TrustChain{}, fmt.Errorf("%w: the statement of %s about %s is not of now", identity.ErrTrustChain, s.Issuer, s.Subject)
		}
		if s.ExpiresAt.Before(expires) {
			expires = s.ExpiresAt
		}
		by := keys
		if i+1 < len(statements) {
			by = statements[i+1].JWKS
		}
		proofs := []json.RawMessage{by}
		if s.Configuration() {
			proofs = append(proofs, s.JWKS)
		}
		for _, set := range proofs {
			if err := v.Verify(set, s.Text); err != nil {
				return identity.TrustChain{}, fmt.Errorf("%w: the signature of %s about %s: %w", identity.ErrTrustChain, s.Issuer, s.Subject, err)
			}
		}
	}
	superiors := statements[1:]
	if last := superiors[len(superiors)-1]; last.Configuration() {
		superiors = superiors[:len(superiors)-1]
	}
	metadata, err := resolved(statements[0], superiors)
	if err != nil {
		return identity.TrustChain{}, err
	}
	subject := statements[0]
	return identity.TrustChain{
		Entity: subject.Subject, Keys: subject.JWKS, Superior: superiors[0].Issuer, Anchor: anchor, ExpiresAt: expires, Metadata: metadata,
		Others: others(subject.Metadata),
	}, nil
}

// readChain reads the statements of a chain, each of which is about the issuer of the one before. Nobody is in it twice, so that none
// but the first and the last is a configuration; and the first is one, since it alone can have authority_hints.
func readChain(texts []string) ([]Statement, error) {
	if len(texts) < 2 || len(texts) > MaxChain+1 {
		return nil, fmt.Errorf("%w: %d statements", identity.ErrTrustChain, len(texts))
	}
	var statements []Statement
	issuers := map[string]bool{}
	for i, text := range texts {
		s, err := ReadStatement(text)
		if err != nil {
			return nil, fmt.Errorf("%w: statement %d: %w", identity.ErrTrustChain, i, err)
		}
		last := i > 1 && i == len(texts)-1 && s.Configuration() // that of the anchor
		switch {
		case i > 0 && s.Subject != statements[i-1].Issuer:
			return nil, fmt.Errorf("%w: statement %d is about another", identity.ErrTrustChain, i)
		case issuers[s.Issuer] && !last:
			return nil, fmt.Errorf("%w: %s is in it twice", identity.ErrTrustChain, s.Issuer)
		}
		issuers[s.Issuer] = true
		statements = append(statements, s)
	}
	if !slices.Contains(statements[0].AuthorityHints, statements[1].Issuer) {
		return nil, fmt.Errorf("%w: the subject does not name its superior", identity.ErrTrustChain)
	}
	return statements, nil
}

func others(types map[string]map[string]json.RawMessage) map[string]map[string]json.RawMessage {
	rest := maps.Clone(types)
	delete(rest, identity.EntityTypeRelyingParty)
	return rest
}

// resolved returns the metadata of the relying party that a subject is, under what its superiors say, who are in order from the
// immediate one on.
func resolved(subject Statement, superiors []Statement) (map[string]json.RawMessage, error) {
	metadata, found := subject.Metadata[identity.EntityTypeRelyingParty]
	if !found {
		return nil, fmt.Errorf("%w: the subject is no %s", identity.ErrPolicy, identity.EntityTypeRelyingParty)
	}
	var critical, below []string
	for i, s := range superiors {
		below = append(below, s.Subject)
		if err := s.constraints.check(i, below); err != nil {
			return nil, fmt.Errorf("%w: %w", identity.ErrTrustChain, err)
		}
		if !s.constraints.allowsType(identity.EntityTypeRelyingParty) {
			return nil, fmt.Errorf("%w: allowed_entity_types of %s", identity.ErrPolicy, s.Issuer)
		}
		critical = append(critical, s.critical...)
	}
	metadata = maps.Clone(metadata)
	maps.Copy(metadata, superiors[0].Metadata[identity.EntityTypeRelyingParty]) // of the immediate superior alone (§3.1.1)
	policy := Policy{}
	for _, s := range slices.Backward(superiors) {
		if len(s.policy) == 0 {
			continue
		}
		own, err := ReadPolicy(s.policy, critical)
		if err == nil {
			err = policy.Merge(own)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", identity.ErrTrustChain, err)
		}
	}
	applied, err := policy.Apply(identity.EntityTypeRelyingParty, metadata)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", identity.ErrPolicy, err)
	}
	return applied, nil
}

// Prove implements identity.TrustChains. A chain that was given is proven as it is: whom it is about has chosen it.
func (v Validator) Prove(ctx context.Context, statements []string, audience string) (identity.TrustChain, error) {
	if len(statements) == 0 {
		return identity.TrustChain{}, identity.ErrEntityStatement
	}
	subject, err := ReadStatement(statements[0])
	if err == nil && (!subject.Configuration() || subject.Audience != audience) {
		err = errors.New("it is no configuration, or for another audience")
	}
	if err == nil { // before anybody is called for it
		err = v.Verify(subject.JWKS, subject.Text)
	}
	switch {
	case err != nil:
		return identity.TrustChain{}, fmt.Errorf("%w: %w", identity.ErrEntityStatement, err)
	case len(statements) > 1:
		return v.Validate(statements)
	}
	return v.resolve(ctx, subject)
}

// resolve finds a chain that holds from an entity's configuration to an anchor (§10.1). What it fetches is bounded, and nobody is asked
// twice.
func (v Validator) resolve(ctx context.Context, subject Statement) (identity.TrustChain, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w := walk{Validator: v, left: maxFetches, seen: map[string]bool{subject.Issuer: true}}
	chain, found := w.up(ctx, subject, []string{subject.Text})
	switch {
	case found:
		return chain, nil
	case w.broken != nil:
		return identity.TrustChain{}, w.broken
	case w.fault != nil:
		return identity.TrustChain{}, fmt.Errorf("%w: %w", identity.ErrTrustAnchor, w.fault)
	}
	return identity.TrustChain{}, identity.ErrTrustAnchor
}

// walk is one search for a chain.
type walk struct {
	Validator
	left   int             // what may be fetched yet
	seen   map[string]bool // whose superiors were looked for
	fault  error           // the last reason why somebody had nothing to say
	broken error           // the last reason why a chain to an anchor did not hold
}

// up looks for a chain among the superiors of the last entity of one.
func (w *walk) up(ctx context.Context, of Statement, chain []string) (identity.TrustChain, bool) {
	hints := slices.Clone(of.AuthorityHints)
	slices.SortStableFunc(hints, func(a, b string) int { return w.rank(a) - w.rank(b) })
	for _, hint := range hints {
		if w.seen[hint] || !identity.ValidEntity(hint) || len(chain) >= MaxChain {
			continue
		}
		w.seen[hint] = true
		superior, statement, err := w.ask(ctx, hint, of.Subject)
		if err != nil {
			w.fault = err
			continue
		}
		next := append(slices.Clone(chain), statement)
		if _, anchor := w.Anchors[hint]; anchor {
			found, err := w.Validate(next)
			if err == nil {
				return found, true
			}
			w.broken = err
			continue
		}
		if found, ok := w.up(ctx, superior, next); ok {
			return found, true
		}
	}
	return identity.TrustChain{}, false
}

// rank has anchors first.
func (w *walk) rank(entity string) int {
	if _, anchor := w.Anchors[entity]; anchor {
		return 0
	}
	return 1
}

// ask returns the configuration of a superior, and what it says of an entity (§8.1).
func (w *walk) ask(ctx context.Context, superior, entity string) (Statement, string, error) {
	configuration, err := w.get(ctx, ConfigurationAddress(superior))
	if err != nil {
		return Statement{}, "", err
	}
	if configuration.Issuer != superior || configuration.Subject != superior {
		return Statement{}, "", fmt.Errorf("the configuration of %s is another's", superior)
	}
	var endpoint string
	_ = json.Unmarshal(configuration.Metadata[identity.EntityTypeFederation]["federation_fetch_endpoint"], &endpoint)
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Fragment != "" {
		return Statement{}, "", fmt.Errorf("%s has no federation_fetch_endpoint", superior)
	}
	query := u.Query()
	query.Set("sub", entity)
	u.RawQuery = query.Encode()
	about, err := w.get(ctx, u.String())
	if err != nil {
		return Statement{}, "", err
	}
	if about.Issuer != superior || about.Subject != entity {
		return Statement{}, "", fmt.Errorf("%s speaks of another", superior)
	}
	return configuration, about.Text, nil
}

func (w *walk) get(ctx context.Context, address string) (Statement, error) {
	if w.left == 0 {
		return Statement{}, errors.New("too much to fetch")
	}
	w.left--
	text, err := w.Fetch(ctx, address)
	if err != nil {
		return Statement{}, fmt.Errorf("fetch %s: %w", address, err)
	}
	return ReadStatement(string(text))
}
