package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// changed runs the change of one user and shows the user or what is wrong. A change that fails may return a user too.
func (r *Resolver) changed(
	ctx context.Context, id string, change func(id uuid.UUID) (identity.User, error),
) (shown *model.User, problems []model.UserError, err error) {
	parsed, err := parseID(model.KindUser, id)
	var user identity.User
	if err == nil {
		user, err = change(parsed)
	}
	if user.ID != uuid.Nil && r.mayShow(ctx, user.ID) {
		shown = r.showUsers(ctx, []identity.User{user})[0]
	}
	if err != nil {
		problems, err = userErrors(err, id)
		return shown, problems, err
	}
	return shown, noErrors(), nil
}

// mayShow reports whether the caller may see more of the user they have changed than that it was done: the scopes to unlock
// and to reset are none to read, and may reach others than the scope to read does.
func (r *Resolver) mayShow(ctx context.Context, id uuid.UUID) bool {
	if identity.ActorFrom(ctx).MayReach(identity.ScopeUsersWrite) {
		return true
	}
	found, err := r.admin.Users.ByIDs(ctx, []uuid.UUID{id})
	return err == nil && len(found) > 0
}

// payloadUser shows the user that a payload is about; nil when there was none.
func (r *Resolver) payloadUser(ctx context.Context, id uuid.UUID) (*model.User, error) {
	if id == uuid.Nil {
		return nil, nil // there was none
	}
	user, err := r.admin.Users.Get(ctx, identity.UserBy{ID: id})
	return r.showUser(ctx, user, err)
}

// grantsToRevoke reads which grants are to end, or says which id is of another kind.
func grantsToRevoke(in model.RevokeUserGrantInput) (userID, grantID, clientID uuid.UUID, problems []model.UserError) {
	read := func(kind model.Kind, id *string, at ...string) uuid.UUID {
		if id == nil {
			return uuid.Nil
		}
		parsed, err := parseID(kind, *id)
		if err != nil {
			found, _ := userErrors(err, *id, at...) // parseID returns nothing else
			problems = append(problems, found...)
		}
		return parsed
	}
	userID = read(model.KindUser, &in.UserID, "userId")
	grantID = read(model.KindGrant, in.By.ID.Value(), "by", "id")
	clientID = read(model.KindClient, in.By.Client.Value(), "by", "client")
	return userID, grantID, clientID, problems
}

// secretOrNull returns a secret that was made now; null when none was, also because an earlier call of the same
// idempotency key has shown it.
func secretOrNull(secret string) *string {
	if secret == "" {
		return nil
	}
	return &secret
}
