package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *consentResolver) User(ctx context.Context, obj *model.Consent) (*model.User, error) {
	return r.user(ctx, obj.Users, obj.UserID)
}

func (r *consentResolver) Client(ctx context.Context, obj *model.Consent) (*model.Client, error) {
	return r.client(ctx, obj.ClientID)
}

func (r *grantResolver) User(ctx context.Context, obj *model.Grant) (*model.User, error) {
	if obj.UserID == uuid.Nil {
		return nil, nil // the client acts on its own behalf
	}
	return r.user(ctx, obj.Users, obj.UserID)
}

func (r *grantResolver) Client(ctx context.Context, obj *model.Grant) (*model.Client, error) {
	return r.client(ctx, obj.ClientID)
}

func (r *grantResolver) Session(ctx context.Context, obj *model.Grant) (*model.Session, error) {
	if obj.Grant.SessionID == nil {
		return nil, nil // it was given without one
	}
	return r.session(ctx, obj.Sessions, *obj.Grant.SessionID)
}

func (r *grantResolver) Active(ctx context.Context, obj *model.Grant) (*bool, error) {
	active := obj.InTime(r.domain.Source.Now())
	if _, bound := obj.Bound(); !active || !bound {
		return &active, nil
	}
	session, err := r.Session(ctx, obj)
	active = session != nil && session.Active()
	return &active, err
}

func (r *mutationResolver) RevokeUserSessions(ctx context.Context, input model.RevokeUserSessionsInput) (*model.RevokeUserSessionsPayload, error) {
	id, err := parseID(model.KindUser, input.ID)
	var ended identity.RevokedCounts
	if err == nil {
		ended, err = r.admin.Users.RevokeSessions(ctx, id, input.IncludeOffline)
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RevokeUserSessionsPayload{UserErrors: problems}, err
	}
	return &model.RevokeUserSessionsPayload{
		UserID: id, EndedSessions: ended.Sessions, EndedGrants: ended.Grants, UserErrors: noErrors(),
	}, nil
}

func (r *mutationResolver) RevokeSession(ctx context.Context, input model.RevokeSessionInput) (*model.RevokeSessionPayload, error) {
	id, err := parseID(model.KindSession, input.ID)
	var ended identity.RevokedCounts
	if err == nil {
		ended, err = r.admin.Sessions.Revoke(ctx, admin.RevokeBy{IDs: []uuid.UUID{id}, IncludeOffline: input.IncludeOffline})
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RevokeSessionPayload{UserErrors: problems}, err
	}
	return &model.RevokeSessionPayload{
		SessionID: id, EndedSessions: ended.Sessions, EndedGrants: ended.Grants, UserErrors: noErrors(),
	}, nil
}

func (r *mutationResolver) RevokeSessions(ctx context.Context, input model.RevokeSessionsInput) (*model.RevokeSessionsPayload, error) {
	by, named, problems := revokeBy(input.By)
	if len(problems) > 0 {
		return &model.RevokeSessionsPayload{UserErrors: problems}, nil
	}
	by.IncludeOffline = input.IncludeOffline
	ended, err := r.admin.Sessions.Revoke(ctx, by)
	if err != nil {
		problems, err := userErrors(err, named.id, named.path...)
		return &model.RevokeSessionsPayload{UserErrors: problems}, err
	}
	return &model.RevokeSessionsPayload{EndedSessions: ended.Sessions, EndedGrants: ended.Grants, UserErrors: noErrors()}, nil
}

func (r *queryResolver) Sessions(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.SessionFilter, orderBy model.SessionOrder) (*model.SessionConnection, error) {
	list, err := sessionList(filter, orderBy)
	if err != nil {
		return nil, err
	}
	return r.sessionPage(ctx, list, pageArgs(first, after, last, before))
}

func (r *queryResolver) Session(ctx context.Context, id string) (*model.Session, error) {
	parsed, ok := model.KindSession.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no session
	}
	found, err := r.admin.Sessions.ByIDs(ctx, []uuid.UUID{parsed})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return model.NewSessions(found, r.domain.Source.Now())[0], nil
}

func (r *revokeSessionPayloadResolver) Session(ctx context.Context, obj *model.RevokeSessionPayload) (*model.Session, error) {
	if obj.SessionID == uuid.Nil {
		return nil, nil // there was none
	}
	session, err := r.admin.Sessions.Get(ctx, obj.SessionID)
	if errors.Is(err, identity.ErrSessionNotFound) {
		return nil, nil // the retention was faster
	}
	if err != nil {
		return nil, err
	}
	return model.NewSessions([]identity.Session{session}, r.domain.Source.Now())[0], nil
}

func (r *revokeUserSessionsPayloadResolver) User(ctx context.Context, obj *model.RevokeUserSessionsPayload) (*model.User, error) {
	return r.payloadUser(ctx, obj.UserID)
}

func (r *sessionResolver) User(ctx context.Context, obj *model.Session) (*model.User, error) {
	return r.user(ctx, obj.Users, obj.UserID)
}

func (r *sessionResolver) Clients(ctx context.Context, obj *model.Session) ([]*model.SessionClient, error) {
	clients, err := model.Load(obj.Batch, "clients", func(ids []uuid.UUID) (map[uuid.UUID][]*model.SessionClient, error) {
		grants, err := r.admin.Sessions.Grants(ctx, ids)
		return model.NewSessionClients(grants), err
	})
	if err != nil || clients[obj.Session.ID] != nil {
		return clients[obj.Session.ID], err
	}
	return []*model.SessionClient{}, nil
}

func (r *sessionClientResolver) Client(ctx context.Context, obj *model.SessionClient) (*model.Client, error) {
	return r.client(ctx, obj.ClientID)
}

func (r *sessionConnectionResolver) TotalCount(ctx context.Context, obj *model.SessionConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) {
		return r.admin.Sessions.Count(ctx, obj.List)
	})
}

func (r *Resolver) Consent() generated.ConsentResolver { return &consentResolver{r} }

func (r *Resolver) Grant() generated.GrantResolver { return &grantResolver{r} }

func (r *Resolver) RevokeSessionPayload() generated.RevokeSessionPayloadResolver {
	return &revokeSessionPayloadResolver{r}
}

func (r *Resolver) RevokeUserSessionsPayload() generated.RevokeUserSessionsPayloadResolver {
	return &revokeUserSessionsPayloadResolver{r}
}

func (r *Resolver) Session() generated.SessionResolver { return &sessionResolver{r} }

func (r *Resolver) SessionClient() generated.SessionClientResolver { return &sessionClientResolver{r} }

func (r *Resolver) SessionConnection() generated.SessionConnectionResolver {
	return &sessionConnectionResolver{r}
}

type (
	consentResolver                   struct{ *Resolver }
	grantResolver                     struct{ *Resolver }
	revokeSessionPayloadResolver      struct{ *Resolver }
	revokeUserSessionsPayloadResolver struct{ *Resolver }
	sessionResolver                   struct{ *Resolver }
	sessionClientResolver             struct{ *Resolver }
	sessionConnectionResolver         struct{ *Resolver }
)
