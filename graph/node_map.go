package graph

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
)

// nodes finds the objects of global ids, in their order. An id of no kind or of nothing is nil, never an error.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	found, err := r.nodesByID(ctx, ids, func(err error) error { return err })
	out := make([]model.Node, len(ids))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out, err
}

// nodesByID finds the objects of global ids. The fault of a kind goes through refused.
func (r *Resolver) nodesByID(ctx context.Context, ids []string, refused func(error) error) (map[string]model.Node, error) {
	finders := map[model.Kind]func(context.Context, []uuid.UUID, map[string]model.Node) error{
		model.KindUser:      r.userNodes,
		model.KindGroup:     r.groupNodes,
		model.KindSession:   r.sessionNodes,
		model.KindClient:    r.clientNodes,
		model.KindGrant:     r.grantNodes,
		model.KindAudit:     r.auditNodes,
		model.KindRefusal:   r.refusalNodes,
		model.KindRole:      r.roleNodes,
		model.KindAttribute: r.attributeNodes,
		model.KindJob:       r.jobNodes,
		model.KindMail:      r.mailNodes,
		model.KindInitial:   r.initialAccessTokenNodes,
		model.KindInvite:    r.invitationNodes,
		model.KindProvider:  r.providerNodes,
		model.KindTrusted:   r.trustedNodes,
	}
	byKind := map[model.Kind][]uuid.UUID{}
	for _, id := range ids {
		for kind := range finders {
			if parsed, ok := kind.Parse(id); ok {
				byKind[kind] = append(byKind[kind], parsed)
			}
		}
	}
	found := map[string]model.Node{}
	for kind, find := range finders {
		if len(byKind[kind]) == 0 {
			continue
		}
		if err := refused(find(ctx, byKind[kind], found)); err != nil {
			return nil, err
		}
	}
	if err := refused(r.keyNodes(ctx, ids, found)); err != nil {
		return nil, err
	}
	return found, refused(r.consentNodes(ctx, ids, found))
}

func (r *Resolver) userNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	users, err := r.usersByID(ctx, ids)
	for _, user := range users {
		found[user.ID()] = user
	}
	return err
}

func (r *Resolver) clientNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	clients, err := r.admin.Clients.ByIDs(ctx, ids)
	for _, client := range model.NewClients(slices.Collect(maps.Values(clients))) {
		found[client.ID()] = client
	}
	return err
}

func (r *Resolver) auditNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	events, err := r.admin.Audit.ByIDs(ctx, ids)
	for _, event := range model.NewAuditEvents(events) {
		found[event.ID()] = event
	}
	return err
}

func (r *Resolver) refusalNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	refusals, err := r.admin.Refusals.ByIDs(ctx, ids)
	for _, refusal := range refusals {
		shown := &model.Refusal{Refusal: refusal}
		found[shown.ID()] = shown
	}
	return err
}

func (r *Resolver) grantNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	grants, err := r.admin.Grants.ByIDs(ctx, ids)
	for _, grant := range model.NewGrants(grants) {
		found[grant.ID()] = grant
	}
	return err
}

func (r *Resolver) sessionNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	sessions, err := r.admin.Sessions.ByIDs(ctx, ids)
	for _, session := range model.NewSessions(sessions, r.domain.Source.Now()) {
		found[session.ID()] = session
	}
	return err
}

// keyNodes finds signing keys: all of them are few, and their ids are no UUIDs.
func (r *Resolver) keyNodes(ctx context.Context, ids []string, found map[string]model.Node) error {
	if !slices.ContainsFunc(ids, func(id string) bool { _, ok := model.ParseKeyID(id); return ok }) {
		return nil
	}
	list, err := r.admin.SigningKeys.List(ctx)
	for _, key := range model.NewSigningKeys(list) {
		found[key.ID()] = key
	}
	return err
}

func (r *Resolver) jobNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	jobs, err := r.admin.Transfers.ByIDs(ctx, ids)
	for _, job := range model.NewJobs(jobs) {
		found[job.ID()] = job
	}
	return err
}

func (r *Resolver) mailNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	mails, err := r.admin.Mails.ByIDs(ctx, ids)
	for _, mail := range model.NewMailMessages(mails) {
		found[mail.ID()] = mail
	}
	return err
}

func (r *Resolver) invitationNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	invitations, err := r.admin.Invitations.ByIDs(ctx, ids)
	for _, invitation := range model.NewInvitations(invitations) {
		found[invitation.ID()] = invitation
	}
	return err
}

func (r *Resolver) initialAccessTokenNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	tokens, err := r.admin.InitialAccess.ByIDs(ctx, ids)
	for _, token := range model.NewInitialAccessTokens(tokens) {
		found[token.ID()] = token
	}
	return err
}
