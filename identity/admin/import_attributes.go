package admin

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// attributeColumn begins the columns of CSV that are attributes.
var attributeColumn = identity.AttributePath("")

// declaredAttributes are the attributes that a file may have.
type declaredAttributes []identity.AttributeDefinition

func (d declaredAttributes) named(name string) (identity.AttributeDefinition, bool) {
	i := slices.IndexFunc(d, func(a identity.AttributeDefinition) bool { return a.Name == name })
	if i < 0 {
		return identity.AttributeDefinition{}, false
	}
	return d[i], true
}

// column reports whether a column of CSV is an attribute.
func (d declaredAttributes) column(name string) bool {
	name, prefixed := strings.CutPrefix(name, attributeColumn)
	_, declared := d.named(name)
	return prefixed && declared
}

// setAttributes takes the member attributes of an object in: values as JSON has them, by name. Null clears, all or one.
func (u *importedUser) setAttributes(raw json.RawMessage) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return identity.InvalidField("attributes", "Has a value of another type.")
	}
	u.clearAttributes = members == nil
	var faults identity.Faults
	for _, name := range slices.Sorted(maps.Keys(members)) {
		faults.Add(u.setAttribute(name, members[name]))
	}
	return faults.Err()
}

func (u *importedUser) setAttribute(name string, raw json.RawMessage) error {
	values, ok := identity.AttributeTexts(raw)
	if !ok {
		return identity.InvalidField(identity.AttributePath(shortened(name)), "Has a value of another type.")
	}
	if u.attributes == nil {
		u.attributes = identity.AttributeValues{}
	}
	u.attributes[name] = values
	return nil
}

// known takes in what another system says of attributes that are declared here; others are left out, and what says nothing.
func (u *importedUser) known(declared declaredAttributes, members map[string]json.RawMessage) error {
	var faults identity.Faults
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if _, here := declared.named(name); here && string(members[name]) != "null" {
			faults.Add(u.setAttribute(name, members[name]))
		}
	}
	return faults.Err()
}

// setCell takes a cell of CSV in: of a list, a value on each line.
func (u *importedUser) setCell(declared declaredAttributes, column, cell string) {
	d, _ := declared.named(strings.TrimPrefix(column, attributeColumn))
	values := []string{cell}
	switch d.Type {
	case identity.AttributeStringList:
		values = strings.Split(strings.ReplaceAll(cell, "\r\n", "\n"), "\n")
	case identity.AttributeBoolean: // spreadsheets write TRUE
		values[0] = strings.ToLower(cell)
	case identity.AttributeString, identity.AttributeInteger, identity.AttributeDate:
	}
	if u.attributes == nil {
		u.attributes = identity.AttributeValues{}
	}
	u.attributes[d.Name] = values
}

// number reports whether a cell is a number of an attribute, which may begin like a formula.
func (d declaredAttributes) number(column, cell string) bool {
	a, _ := d.named(strings.TrimPrefix(column, attributeColumn))
	return a.Type == identity.AttributeInteger && strings.Trim(cell, "+-0123456789") == ""
}

// uniqueValue is a value of an attribute whose values are unique, as they are compared.
type uniqueValue struct {
	attribute uuid.UUID
	key       string
}

// batchAttributes are the attributes of the rows of one transaction.
type batchAttributes struct {
	definitions []identity.AttributeDefinition
	rules       *identity.AttributeRules
	holders     map[uniqueValue]uuid.UUID              // who has what rows want to have
	of          map[uuid.UUID]identity.AttributeValues // what users have whom rows change, by now
	added       map[uuid.UUID]identity.AttributeValues // of new users, not written yet
	changed     map[uuid.UUID]identity.AttributeValues // of others, not written yet
	key         func(value string) string              // as the store compares
}

// readAttributes reads what is declared, what those have who are there already, and who has the values that must be unique: a
// statement for each such attribute.
func (b *importBatch) readAttributes(ctx context.Context, rows []importRow) error {
	definitions, err := b.tx.AttributeDefinitions(ctx)
	if err != nil {
		return err
	}
	b.rules = identity.NewAttributeRules(definitions, b.rules)
	b.attributes = batchAttributes{
		definitions: definitions, rules: b.rules, holders: map[uniqueValue]uuid.UUID{}, key: b.tx.NameKey,
		of: map[uuid.UUID]identity.AttributeValues{}, added: map[uuid.UUID]identity.AttributeValues{},
		changed: map[uuid.UUID]identity.AttributeValues{},
	}
	wants := func(r importRow) bool { return r.fault == nil && r.user.change().changesAttributes() }
	if len(b.current) > 0 && slices.ContainsFunc(rows, wants) {
		if b.attributes.of, err = b.tx.UserAttributes(ctx, slices.Collect(maps.Keys(b.current))); err != nil {
			return err
		}
	}
	wanted := b.attributes.wanted(rows)
	for _, d := range definitions {
		if !d.Unique {
			continue
		}
		holders, err := b.tx.AttributeHolders(ctx, d.ID, wanted[d.Name])
		if err != nil {
			return err
		}
		for key, owner := range holders {
			b.attributes.holders[uniqueValue{d.ID, key}] = owner
		}
	}
	return nil
}

// wanted are the values that rows want to have of attributes that are unique, by name. A row that has a wrong one is refused for that.
func (a *batchAttributes) wanted(rows []importRow) map[string][]string {
	wanted := map[string][]string{}
	if !slices.ContainsFunc(a.definitions, func(d identity.AttributeDefinition) bool { return d.Unique }) {
		return wanted
	}
	for _, row := range rows {
		if row.fault != nil || len(row.user.attributes) == 0 {
			continue
		}
		values, err := a.rules.Change(identity.AttributeValues{}, row.user.attributes)
		if err != nil {
			continue
		}
		for _, d := range a.definitions {
			if d.Unique {
				wanted[d.Name] = append(wanted[d.Name], values[d.Name]...)
			}
		}
	}
	return wanted
}

// each calls do for every value that must be unique.
func (a *batchAttributes) each(values identity.AttributeValues, do func(d identity.AttributeDefinition, v uniqueValue)) {
	for _, d := range a.definitions {
		if !d.Unique {
			continue
		}
		for _, value := range values[d.Name] {
			do(d, uniqueValue{d.ID, a.key(value)})
		}
	}
}

// taken refuses values that another user has.
func (a *batchAttributes) taken(user uuid.UUID, values identity.AttributeValues) error {
	var faults identity.Faults
	a.each(values, func(d identity.AttributeDefinition, v uniqueValue) {
		if owner, held := a.holders[v]; held && owner != user {
			faults.Add(&identity.Error{
				Kind: identity.Conflict, Code: identity.CodeAttributeValueTaken, Field: identity.AttributePath(d.Name),
				Detail: "Is the value of another user.",
			})
		}
	})
	return faults.Err()
}

// hold notes what a user has after a row.
func (a *batchAttributes) hold(user uuid.UUID, before, after identity.AttributeValues) {
	a.each(before, func(_ identity.AttributeDefinition, v uniqueValue) { delete(a.holders, v) })
	a.each(after, func(_ identity.AttributeDefinition, v uniqueValue) { a.holders[v] = user })
}

// ofNew are the attributes of a user who is new.
func (a *batchAttributes) ofNew(user uuid.UUID, values identity.AttributeValues) (identity.AttributeValues, error) {
	var faults identity.Faults
	after, err := a.rules.Change(nil, values)
	faults.Add(err)
	faults.Add(a.taken(user, after))
	return after, faults.Err()
}

// add notes the attributes of a new user, who is written later.
func (a *batchAttributes) add(user uuid.UUID, values identity.AttributeValues) {
	if len(values) > 0 {
		a.added[user], a.of[user] = values, values
		a.hold(user, nil, values)
	}
}

// change returns how a change of a user changes what they have.
func (a *batchAttributes) change(user uuid.UUID, c UserChange) (changedAttributes, error) {
	if !c.changesAttributes() {
		return changedAttributes{}, nil
	}
	before := a.of[user]
	if before == nil {
		before = identity.AttributeValues{}
	}
	var faults identity.Faults
	after, err := a.rules.Change(before, c.attributeValues(before))
	faults.Add(err)
	faults.Add(a.taken(user, after))
	return changedAttributes{before: before, after: after}, faults.Err()
}

// replace notes what a user has after a change, who is written later.
func (a *batchAttributes) replace(user uuid.UUID, c changedAttributes) {
	if maps.EqualFunc(c.before, c.after, slices.Equal) {
		return
	}
	a.changed[user], a.of[user] = c.after, c.after
	a.hold(user, c.before, c.after)
}

// write writes the attributes of users who are written: first of those who were there, because what they give up others may
// take.
func (a *batchAttributes) write(ctx context.Context, tx identity.Store) error {
	changed, added := a.changed, a.added
	a.changed, a.added = map[uuid.UUID]identity.AttributeValues{}, map[uuid.UUID]identity.AttributeValues{}
	if err := tx.ReplaceUserAttributes(ctx, a.definitions, changed); err != nil {
		return err
	}
	return tx.InsertUserAttributes(ctx, a.definitions, added)
}
