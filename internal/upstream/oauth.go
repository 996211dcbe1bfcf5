package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
)

// gitHub is the public GitHub; any other is one of an enterprise.
const gitHub = "https://github.com"

// gitHubAPI is the address of the API of a GitHub.
func gitHubAPI(issuer string) string {
	if issuer == gitHub {
		return "https://api.github.com"
	}
	return strings.TrimSuffix(issuer, "/") + "/api/v3"
}

// describe identifies somebody by the document that a generic provider has about them. Nothing of it is proven but the subject.
func (c connection) describe(ctx context.Context, p identity.UpstreamProvider, token *oauth2.Token) (identity.UpstreamIdentity, error) {
	var document map[string]any
	if err := c.fetch(ctx, c.userInfo, token, &document); err != nil {
		return failed(err, identity.FaultSubject)
	}
	who := identity.UpstreamIdentity{Issuer: p.Issuer, Subject: subject(document[p.Config.SubjectClaim])}
	who.Email, _ = document["email"].(string)
	if who.Subject == "" {
		return refused(identity.FaultSubject)
	}
	return who, nil
}

// subject takes a text or an integer.
func subject(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return v.String()
		}
	}
	return ""
}

// gitHubUser identifies somebody by the number of their account: names at GitHub change hands. The address in the profile
// is not proven; the primary one of the account is, if it is said to be.
func (c connection) gitHubUser(ctx context.Context, p identity.UpstreamProvider, token *oauth2.Token) (identity.UpstreamIdentity, error) {
	var user struct {
		ID    json.Number `json:"id"`
		Login string      `json:"login"`
	}
	var emails []struct {
		Email    string `json:"email"`
		Primary  bool   `json:"primary"`
		Verified bool   `json:"verified"`
	}
	err := c.fetch(ctx, c.userInfo, token, &user)
	if err == nil {
		err = c.fetch(ctx, c.userInfo+"/emails", token, &emails)
	}
	if err != nil {
		return failed(err, identity.FaultSubject)
	}
	who := identity.UpstreamIdentity{Issuer: p.Issuer, Subject: subject(user.ID), Username: user.Login}
	if who.Subject == "" || who.Subject == "0" {
		return refused(identity.FaultSubject)
	}
	for _, e := range emails {
		if e.Primary {
			who.Email, who.EmailVerified = e.Email, e.Verified
		}
	}
	return who, nil
}

var errStatus = errors.New("another status than 200")

// fetch reads a document of an API with the access token.
func (c connection) fetch(ctx context.Context, address string, token *oauth2.Token, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	token.SetAuthHeader(request)
	request.Header.Set("Accept", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errStatus
	}
	body, err := io.ReadAll(response.Body) // bounded by the transport
	if err != nil {
		return err
	}
	return decode(body, into)
}
