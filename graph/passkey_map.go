package graph

import (
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// showPasskeys shows the passkeys of many users.
func showPasskeys(found map[uuid.UUID][]identity.Passkey) map[uuid.UUID][]*model.Passkey {
	out := make(map[uuid.UUID][]*model.Passkey, len(found))
	for user, list := range found {
		for _, p := range list {
			out[user] = append(out[user], &model.Passkey{
				ID: model.KindPasskey.ID(p.ID), Name: p.Name, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt, BackedUp: p.BackedUp,
				CloneSuspectedAt: p.CloneSuspectedAt,
			})
		}
	}
	return out
}
