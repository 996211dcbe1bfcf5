package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// writableAttributes are the attributes of a patch that users may change themselves, through a client if that is told of them,
// by the names of their claims. Nothing is read when the patch is of standard claims alone.
func (s *Profiles) writableAttributes(ctx context.Context, u profileUpdate) (map[string]AttributeDefinition, error) {
	writable := map[string]AttributeDefinition{}
	others := false
	for name := range u.patch {
		others = others || ClaimNamed(name) == nil
	}
	if !others {
		return writable, nil
	}
	all, err := s.store.AttributeDefinitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	for _, d := range all {
		if _, named := u.patch[d.ClaimName()]; named && d.UserWritable && (u.page != nil || d.ReleasedBy(u.scopes)) {
			writable[d.ClaimName()] = d
		}
	}
	return writable, nil
}

// OwnAttribute is an attribute that users may change themselves, with what is known of one of them.
type OwnAttribute struct {
	AttributeDefinition
	Values []string
}

// OwnAttributes returns the attributes that a user may change.
func (s *Profiles) OwnAttributes(ctx context.Context, userID uuid.UUID) ([]OwnAttribute, error) {
	all, err := s.store.AttributeDefinitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	var own []OwnAttribute
	for _, d := range all {
		if d.UserWritable {
			own = append(own, OwnAttribute{AttributeDefinition: d})
		}
	}
	if len(own) == 0 {
		return nil, nil
	}
	known, err := s.store.UserAttributes(ctx, []uuid.UUID{userID})
	for i, a := range own {
		own[i].Values = known[userID][a.Name]
	}
	return own, err
}

// profileAttributes is a change of the attributes of a user by themselves.
type profileAttributes struct {
	definitions   []AttributeDefinition // that are named
	before, after AttributeValues
}

// changeAttributes checks what a patch says of attributes by what is declared now, and names each fault by its claim.
func changeAttributes(
	ctx context.Context, tx AttributeReader, id uuid.UUID, writable map[string]AttributeDefinition, patch map[string]json.RawMessage,
) (profileAttributes, error) {
	if len(writable) == 0 {
		return profileAttributes{}, nil
	}
	all, err := tx.AttributeDefinitions(ctx)
	if err != nil {
		return profileAttributes{}, fmt.Errorf("read attributes: %w", err)
	}
	had, err := tx.UserAttributes(ctx, []uuid.UUID{id})
	if err != nil {
		return profileAttributes{}, err
	}
	p := profileAttributes{before: had[id]}
	if p.before == nil {
		p.before = AttributeValues{}
	}
	change := AttributeValues{}
	var faults Faults
	for name, d := range writable {
		values, ok := AttributeTexts(patch[name])
		if !ok {
			faults.Add(InvalidField(name, "Must be null, a text, a number, true, false, or a list of them."))
			continue
		}
		change[d.Name] = values
		p.definitions = append(p.definitions, d)
	}
	p.after, err = ChangeAttributes(all, p.before, change)
	faults.Add(byClaim(writable, err))
	return p, faults.Err()
}

// byClaim names the claims in what is wrong with attributes: whoever changes them by the one need not know the other.
func byClaim(writable map[string]AttributeDefinition, err error) error {
	if err == nil {
		return nil
	}
	var faults Faults
	for _, e := range AllErrors(err) {
		named := *e
		for claim, d := range writable {
			if rest, ok := strings.CutPrefix(e.Field, AttributePath(d.Name)); ok && (rest == "" || rest[0] == '[') {
				named.Field = claim + rest
			}
		}
		faults.Add(&named)
	}
	return faults.Err()
}

// save writes what the patch says of attributes.
func (p profileAttributes) save(ctx context.Context, tx Store, id uuid.UUID, writable map[string]AttributeDefinition) error {
	return byClaim(writable, tx.SaveUserAttributes(ctx, id, p.definitions, p.after))
}

// AttributeTexts reads the JSON of an attribute: texts, numbers and truths, one or a list of them; null is none. A number is the
// text that it is written as. It reports whether it is any of these.
func AttributeTexts(raw json.RawMessage) ([]string, bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || value == nil {
		return nil, err == nil
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	texts := make([]string, len(list))
	for i, element := range list {
		switch element := element.(type) {
		case string:
			texts[i] = element
		case json.Number:
			texts[i] = element.String()
		case bool:
			texts[i] = map[bool]string{true: "true", false: "false"}[element]
		default:
			return nil, false
		}
	}
	return texts, true
}

// ProfileWriteScope is the scope that lets users change a claim through a client: that of the standard claim, and of attributes
// that of the profile.
func ProfileWriteScope(claim string) string {
	if standard := ClaimNamed(claim); standard != nil {
		return standard.WriteScope()
	}
	return ScopeProfileWrite
}

// check refuses what is not for the user to change, and what the scopes do not let the client change.
func (u profileUpdate) check(writable map[string]AttributeDefinition) error {
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(u.patch)) {
		claim := ClaimNamed(name)
		_, attribute := writable[name]
		if !attribute && (claim == nil || !claim.SelfService) {
			faults.Add(InvalidField(clipName(name), "Cannot be changed here."))
			continue
		}
		if scope := ProfileWriteScope(name); u.page == nil && !slices.Contains(u.scopes, scope) {
			e := Errorf(Forbidden, CodeInsufficientScope, "Changing %s needs the scope %s.", name, scope)
			e.Field = name
			faults.Add(e)
		}
	}
	return faults.Err()
}
