package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// loadPasskeys reads the passkeys and security keys of all users that are shown, once.
func (r *userResolver) loadPasskeys(ctx context.Context, obj *model.User) ([]identity.Passkey, error) {
	found, err := model.Load(obj.Batch, "passkeys", func(ids []uuid.UUID) (map[uuid.UUID][]identity.Passkey, error) {
		return r.admin.Users.Passkeys(ctx, ids)
	})
	return found[obj.Sub()], err
}

// takePasskey takes a passkey or a security key from a user, whom it returns if they may be shown. given is how the caller names it,
// and field where.
func (r *mutationResolver) takePasskey(
	ctx context.Context, user string, kind identity.CredentialKind, idKind model.Kind, given, field string,
) (*model.User, []model.UserError, error) {
	id, err := parseID(model.KindUser, user)
	passkey, wrong := parseID(idKind, given)
	if err == nil {
		err = wrong
	}
	var changed identity.User
	if err == nil {
		changed, err = r.admin.Users.RemovePasskey(ctx, id, kind, passkey)
	}
	if errors.Is(err, identity.ErrCredentialNotFound) {
		problems, err := userErrors(err, given, field)
		return nil, problems, err
	}
	if err != nil {
		problems, err := userErrors(err, user)
		return nil, problems, err
	}
	if !r.mayShow(ctx, changed.ID) {
		return nil, noErrors(), nil
	}
	return r.showUsers(ctx, []identity.User{changed})[0], noErrors(), nil
}
