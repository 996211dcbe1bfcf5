package graph

import (
	"context"
	"encoding/json"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) RotateSigningKey(ctx context.Context, input model.RotateSigningKeyInput) (*model.RotateSigningKeyPayload, error) {
	list, err := r.admin.SigningKeys.Rotate(ctx, input.Emergency, input.Algorithm.Of())
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.RotateSigningKeyPayload{UserErrors: problems}, err
	}
	return &model.RotateSigningKeyPayload{SigningKeys: model.NewSigningKeys(list), UserErrors: noErrors()}, nil
}

func (r *mutationResolver) RetireSigningKey(ctx context.Context, input model.RetireSigningKeyInput) (*model.RetireSigningKeyPayload, error) {
	kid, ok := model.ParseKeyID(input.ID)
	err := error(identity.ErrKeyNotFound)
	var list []identity.SigningKey
	if ok {
		list, err = r.admin.SigningKeys.Retire(ctx, kid, identity.Retirement{Remove: input.RemoveFromJwks, Emergency: input.Emergency})
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RetireSigningKeyPayload{UserErrors: problems}, err
	}
	return &model.RetireSigningKeyPayload{SigningKeys: model.NewSigningKeys(list), UserErrors: noErrors()}, nil
}

func (r *mutationResolver) ImportSigningKey(ctx context.Context, input model.ImportSigningKeyInput) (*model.ImportSigningKeyPayload, error) {
	var algorithm identity.Algorithm
	if wanted := input.Algorithm.Value(); wanted != nil {
		algorithm = wanted.Of()
	}
	kid, list, err := r.admin.SigningKeys.Import(ctx, input.Key, algorithm)
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.ImportSigningKeyPayload{UserErrors: problems}, err
	}
	payload := &model.ImportSigningKeyPayload{UserErrors: noErrors()}
	for _, key := range model.NewSigningKeys(list) {
		if key.KID == kid {
			payload.SigningKey = key
		}
	}
	return payload, nil
}

func (r *mutationResolver) ResealSecrets(ctx context.Context) (*model.ResealSecretsPayload, error) {
	job, err := r.admin.Transfers.Reseal(ctx)
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.ResealSecretsPayload{UserErrors: problems}, err
	}
	return &model.ResealSecretsPayload{Job: model.NewJobs([]identity.Transfer{job})[0], UserErrors: noErrors()}, nil
}

func (r *queryResolver) SigningKeys(ctx context.Context) ([]*model.SigningKey, error) {
	list, err := r.admin.SigningKeys.List(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewSigningKeys(list), nil
}

func (r *signingKeyResolver) PublicKeyPem(ctx context.Context, obj *model.SigningKey) (string, error) {
	public, err := r.domain.SigningKeys.Public(obj.SigningKey)
	return public.PEM, err
}

func (r *signingKeyResolver) PublicJwk(ctx context.Context, obj *model.SigningKey) (any, error) {
	public, err := r.domain.SigningKeys.Public(obj.SigningKey)
	return json.RawMessage(public.JWK), err
}

func (r *Resolver) SigningKey() generated.SigningKeyResolver { return &signingKeyResolver{r} }

type signingKeyResolver struct{ *Resolver }
