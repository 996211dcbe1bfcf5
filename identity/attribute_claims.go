package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// maxAttributeScopes bounds the scopes that release an attribute.
const maxAttributeScopes = 20

// ClaimAttributeOverage is Authly's own: the attributes are left out, because they do not fit.
const ClaimAttributeOverage = "attribute_overage"

// ClaimName is the claim by which clients are told of the attribute.
func (d AttributeDefinition) ClaimName() string { return cmp.Or(d.Claim, d.Name) }

// ReleasedBy reports whether one of the scopes releases the attribute.
func (d AttributeDefinition) ReleasedBy(scopes []string) bool {
	return len(intersect(d.Scopes, scopes)) > 0
}

// languageMark stands between the name of a claim and its language (OIDC Core §5.2).
const languageMark = "#"

// Language returns the BCP 47 tag of the language that the claim is in, or empty for one that says none (OIDC Core §5.2).
func (d AttributeDefinition) Language() string {
	_, tag, _ := strings.Cut(d.Claim, languageMark)
	return tag
}

// InLanguage is what is asked for, among the names of claims, of those in a language.
func InLanguage(tag string) string { return languageMark + tag }

// localizes reports whether the claim is a standard one, that is a text, in a language.
func (d AttributeDefinition) localizes(base string) bool {
	claim := ClaimNamed(base)
	return claim != nil && claim.Text != nil && d.Type == AttributeString && checkLocale("claim", d.Language()) == nil
}

// released reports whether scopes that were granted, or what was asked for by name, release the attribute to a client. One in a
// language is for those who ask for it: the others are told the claim in the language that it was written in.
func (d AttributeDefinition) released(c Client, scopes, asked []string) bool {
	tag := d.Language()
	return d.ReleasedBy(scopes) && (tag == "" || slices.Contains(asked, InLanguage(tag))) ||
		slices.Contains(asked, d.ClaimName()) && d.ReleasedBy(c.Scopes())
}

// checkRelease holds the rules for how clients are told of the attribute.
func (d AttributeDefinition) checkRelease() error {
	var faults Faults
	base, _, tagged := strings.Cut(d.Claim, languageMark)
	switch name := d.ClaimName(); {
	case tagged && !d.localizes(base):
		faults.Add(InvalidField("claim", "Must be the name of a standard claim that is a text before the #, and a BCP 47 language tag after it."))
	case !tagged && (len(d.Claim) > MaxText || strings.Trim(d.Claim, claimNameCharacters) != ""):
		faults.Add(InvalidField("claim", "Must be at most %d letters, digits or any of _ - . : / ~.", MaxText))
	case (d.Claim != "" || len(d.Scopes) > 0) && reservedForClaims[reservedKey(name)]:
		faults.Add(InvalidField("claim", "Must not be the name of a claim that has a meaning of its own."))
	}
	if len(d.Scopes) > maxAttributeScopes {
		faults.Add(InvalidField("scopes", "Must have at most %d values.", maxAttributeScopes))
		return faults.Err()
	}
	for i, scope := range d.Scopes {
		switch at := item("scopes", i); {
		case IsAdminScope(scope) || ChangesClaims(scope) || scope == ScopeOfflineAccess:
			faults.Add(InvalidField(at, "Must be a scope that is for reading what is known about a user."))
		case slices.Contains(d.Scopes[:i], scope):
			faults.Add(InvalidField(at, "Must not be there twice."))
		}
	}
	return faults.Err()
}

// reservedForClaims are the keys of claims that mean something else, so that no attribute is taken for one of them.
var reservedForClaims = func() map[string]bool {
	reserved := map[string]bool{}
	for _, name := range reservedClaims {
		reserved[reservedKey(name)] = true
	}
	for _, name := range []string{ClaimGroups, ClaimRoles, "typ", "entitlements", "s_hash"} {
		reserved[reservedKey(name)] = true
	}
	for _, claim := range StandardClaims {
		reserved[reservedKey(claim.Name)] = true
	}
	return reserved
}()

// claim returns values in the JSON type of the attribute: a list is always one, also of one value.
func (d AttributeDefinition) claim(values []string) (any, error) {
	switch d.Type {
	case AttributeStringList:
		return values, nil
	case AttributeInteger:
		return strconv.ParseInt(values[0], 10, 64)
	case AttributeBoolean:
		return strconv.ParseBool(values[0])
	case AttributeString, AttributeDate:
	}
	return values[0], nil
}

// ReleasedAttributes lists the attributes that some scope releases.
func (s *Tokens) ReleasedAttributes(ctx context.Context) ([]AttributeDefinition, error) {
	all, err := s.attributes.AttributeDefinitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(all), func(d AttributeDefinition) bool { return len(d.Scopes) == 0 }), nil
}

// attributeClaims returns what the scopes of a client release of the attributes of a user, and what was asked for by name, or by
// InLanguage, as far as the client may have a scope that releases it. Nothing is read of the user when that is nothing.
func (s *Tokens) attributeClaims(ctx context.Context, u User, c Client, scopes, asked []string) (ReleasedClaims, error) {
	if u.ID == uuid.Nil {
		return nil, nil
	}
	released, err := s.ReleasedAttributes(ctx)
	if err != nil {
		return nil, err
	}
	released = slices.DeleteFunc(released, func(d AttributeDefinition) bool { return !d.released(c, scopes, asked) })
	if len(released) == 0 {
		return nil, nil
	}
	all, err := s.attributes.UserAttributes(ctx, []uuid.UUID{u.ID})
	if err != nil {
		return nil, err
	}
	claims := ReleasedClaims{}
	for _, d := range released {
		if values := all[u.ID][d.Name]; len(values) > 0 {
			if claims[d.ClaimName()], err = d.claim(values); err != nil {
				return nil, fmt.Errorf("read attribute %s: %w", d.Name, err)
			}
		}
	}
	return claims, nil
}

// ReleasedClaims are what clients are told of a user besides the standard claims, by the names of the claims.
type ReleasedClaims map[string]any

// ReleasedClaims returns what the scopes of a client release to UserInfo and introspection, and the attributes that were asked
// for by name. A claim that the client has for groups or roles is theirs, also where an attribute has its name.
func (s *Tokens) ReleasedClaims(ctx context.Context, u User, c Client, scopes, asked []string) (ReleasedClaims, error) {
	members, err := s.membershipClaims(ctx, u, c, scopes)
	if err != nil {
		return nil, err
	}
	attributes, err := s.attributeClaims(ctx, u, c, scopes, asked)
	return attributes.and(members), err
}

// BoundedClaims is ReleasedClaims for a token of an issuance, with what the scopes release. Groups and roles have their bounds;
// the attributes are there if they fit beside them, or none of them is.
func (s *Tokens) BoundedClaims(ctx context.Context, i Issuance, scopes, asked []string) (ReleasedClaims, error) {
	if i.OnOwnBehalf() {
		return nil, nil
	}
	members, err := s.membershipClaims(ctx, i.User, i.Client, scopes)
	if err != nil {
		return nil, err
	}
	members = members.bounded()
	attributes, err := s.attributeClaims(ctx, i.User, i.Client, scopes, asked)
	if err != nil || len(attributes) == 0 {
		return members.values(), err
	}
	return attributes.bounded(members)
}

// bounded adds the claims about groups and roles to those of attributes, or leaves the latter out.
func (r ReleasedClaims) bounded(m MembershipClaims) (ReleasedClaims, error) {
	whole := r.and(m)
	text, err := json.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("measure claims: %w", err)
	}
	if len(text) <= maxClaimBytes {
		return whole, nil
	}
	return ReleasedClaims{ClaimAttributeOverage: true}.and(m), nil
}

func (r ReleasedClaims) and(m MembershipClaims) ReleasedClaims {
	values := m.values()
	if len(r) == 0 {
		return values
	}
	maps.Copy(r, values)
	return r
}
