package admin

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// importBatch is what one transaction of an import does.
type importBatch struct {
	*importer
	tx       identity.Store
	counts   identity.TransferCounts
	failures []identity.TransferFailure
	told     int

	existing map[string]identity.User    // by "u " and the folded username, and "e " and the folded address
	ids      map[uuid.UUID]bool          // of those that rows bring: these are taken
	current  map[uuid.UUID]identity.User // whom rows may change, as they are by now
	pending  map[uuid.UUID]bool          // who of them is not written yet
	users    []identity.User             // new ones to be written
	updates  []*userUpdate               // and changed ones
	events   []identity.AuditEvent

	attributes batchAttributes
}

func (b *importBatch) write(ctx context.Context, rows []importRow) error {
	if err := b.find(ctx, rows); err != nil {
		return err
	}
	for _, row := range rows {
		b.counts.Processed++
		err := row.fault
		if err == nil {
			err = b.row(ctx, row)
		}
		switch {
		case refusal(err) && (row.fault != nil || !errors.Is(err, errWritten)):
			b.refuse(row, err)
		case err != nil:
			return err
		}
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	return b.tx.InsertAudit(ctx, b.events...)
}

func nameKeys(username, email string) [2]string {
	return [2]string{"u " + strings.ToLower(username), "e " + strings.ToLower(email)}
}

// find looks up who is there already.
func (b *importBatch) find(ctx context.Context, rows []importRow) error {
	var usernames, emails []string
	var ids []uuid.UUID
	for _, row := range rows {
		if row.fault != nil {
			continue
		}
		n := row.fresh
		if identity.ValidUsername(n.Username) {
			usernames = append(usernames, n.Username)
		}
		if identity.ValidEmail(n.Email) {
			emails = append(emails, n.Email)
		}
		if n.id != uuid.Nil {
			ids = append(ids, n.id)
		}
	}
	users, err := b.tx.LockUsersNamed(ctx, usernames, emails)
	if err != nil {
		return err
	}
	b.existing, b.ids, b.pending = map[string]identity.User{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	found := make([]uuid.UUID, len(users))
	for i, u := range users {
		b.note(u)
		found[i] = u.ID
	}
	b.current = map[uuid.UUID]identity.User{}
	if len(found) > 0 && b.options.Mode != ImportInsert {
		if b.current, err = lockUsers(ctx, b.tx, identity.ScopeUsersWrite, found); err != nil {
			return err
		}
	}
	if len(ids) > 0 {
		taken, err := b.tx.UsersByID(ctx, ids)
		if err != nil {
			return err
		}
		for id := range taken {
			b.ids[id] = true
		}
	}
	return b.readAttributes(ctx, rows)
}

func (b *importBatch) note(u identity.User) {
	for _, key := range nameKeys(u.Username, u.Email) {
		b.existing[key] = u
	}
}

// Why a row is refused for the sake of others.
var (
	errNameTaken = &identity.Error{
		Kind: identity.Conflict, Code: identity.CodeDuplicateUsername, Field: "username", Detail: "This username is taken.",
	}
	errIDTaken      = identity.InvalidField("id", "Is the id of another user.")
	errAddressTaken = &identity.Error{
		Kind: identity.Conflict, Code: identity.CodeDuplicateEmail, Field: "email", Detail: "This e-mail address is taken.",
	}
)

// errWritten marks a refusal after something was written: the transaction cannot go on.
var errWritten = errors.New("after a write")

// row adds or changes one user.
func (b *importBatch) row(ctx context.Context, row importRow) error {
	n := row.fresh
	keys := nameKeys(n.Username, n.Email)
	byName, named := b.existing[keys[0]]
	byEmail, addressed := b.existing[keys[1]]
	switch {
	case b.options.Mode == ImportUpsertByUsername && named && (!addressed || byEmail.ID == byName.ID):
		return b.update(ctx, row.user, byName.ID)
	case b.options.Mode == ImportUpsertByEmail && addressed && (!named || byEmail.ID == byName.ID):
		return b.update(ctx, row.user, byEmail.ID)
	}
	var faults identity.Faults
	if named {
		faults.Add(errNameTaken)
	}
	if addressed {
		faults.Add(errAddressTaken)
	}
	if n.id != uuid.Nil && b.ids[n.id] {
		faults.Add(errIDTaken)
	}
	user := b.newUser(ctx, n, &faults)
	attributes, err := b.attributes.ofNew(user.ID, row.user.attributes)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return err
	}
	if err := overUsers(ctx, user); err != nil {
		return err
	}
	b.note(user)
	b.ids[user.ID], b.current[user.ID], b.pending[user.ID] = true, user, true
	b.users = append(b.users, user)
	b.attributes.add(user.ID, attributes)
	event := identity.NewEvent(ctx, b.source, identity.ActionUserCreated, identity.TargetUser, user.ID.String(), user.Username)
	event.Changes = identity.UserChanges(identity.User{}, user)
	identity.AddAttributeChanges(event.Changes, nil, attributes)
	b.events = append(b.events, event)
	b.counts.Created++
	return nil
}

// newUser is the new user that a row describes, checked as createUser does. It need not have a password.
func (b *importBatch) newUser(ctx context.Context, n NewUser, faults *identity.Faults) identity.User {
	user := b.Transfers.users.newUser(ctx, n)
	faults.Add(user.Check())
	if n.PasswordHash == "" {
		user.Password.ChangedAt = nil
	} else {
		faults.Add(checkHash(b.Transfers.users.hasher, n.PasswordHash))
	}
	return user
}

// update changes a user who is there already. A password that the user has stays: it may be newer than the file.
func (b *importBatch) update(ctx context.Context, u *importedUser, id uuid.UUID) error {
	if b.pending[id] { // a second row about them
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	before, found := b.current[id]
	if !found {
		return identity.ErrUserNotFound
	}
	change, hash := u.change(), ""
	var faults identity.Faults
	faults.Add(change.apply(before).Check())
	attributes, err := b.attributes.change(id, change)
	faults.Add(err)
	if u.hash != nil && *u.hash != "" && before.Password.Hash == "" {
		hash = *u.hash
		faults.Add(checkHash(b.Transfers.users.hasher, hash))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	planned, err := b.Transfers.users.plan(ctx, before, change, attributes, hash)
	if err != nil {
		return err
	}
	if planned == nil {
		b.counts.Unchanged++
		return nil
	}
	b.updates = append(b.updates, planned)
	b.events = append(b.events, planned.event)
	after := planned.after
	after.Version++
	b.note(after)
	b.current[id], b.pending[id] = after, true
	b.attributes.replace(id, attributes)
	b.counts.Updated++
	return nil
}

// flush writes the users who are new or changed, a statement for all of a kind.
func (b *importBatch) flush(ctx context.Context) error {
	users, updates := b.users, b.updates
	b.users, b.updates, b.pending = nil, nil, map[uuid.UUID]bool{}
	changed := make([]identity.User, len(updates))
	for i, u := range updates {
		changed[i] = u.after
	}
	err := b.tx.InsertUsers(ctx, users)
	if err == nil {
		err = b.tx.UpdateUsers(ctx, changed)
	}
	if err == nil {
		err = b.attributes.write(ctx, b.tx)
	}
	if err == nil {
		err = revokeUpdated(ctx, b.tx, b.source, updates...)
	}
	if err != nil {
		return errors.Join(err, errWritten)
	}
	return nil
}

// refuse counts a row that is wrong, and says of the first ones what is.
func (b *importBatch) refuse(row importRow, err error) {
	b.counts.Failed++
	if b.told == mostToldFailures {
		return
	}
	b.told++
	e := identity.AsError(err)
	b.failures = append(b.failures, identity.TransferFailure{
		TransferID: b.transfer.ID, Number: b.told, Line: row.line, Code: e.Code, Field: e.Field, Detail: identity.Messages(err),
	})
}
