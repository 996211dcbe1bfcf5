package upstream

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/authly/authly/identity"
)

// Probe implements identity.Upstream. Of what the provider says nothing is in the problem but numbers and addresses.
func (u *Upstream) Probe(ctx context.Context, p identity.UpstreamProvider) identity.ProviderReport {
	ctx, cancel := context.WithTimeout(ctx, u.deadline)
	defer cancel()
	report := identity.ProviderReport{Issuer: p.Issuer, RedirectURI: p.RedirectURI}
	c := u.newConnection(p)
	switch p.Kind {
	case identity.ProviderOAuth2, identity.ProviderGitHub:
		c = c.without(p)
		report.AuthorizationEndpoint, report.TokenEndpoint, report.UserInfoEndpoint = c.endpoint.AuthURL, c.endpoint.TokenURL, c.userInfo
		for _, address := range []string{report.TokenEndpoint, report.UserInfoEndpoint} { // without a sign-in both refuse, and so are there
			if _, err := c.read(ctx, address); err != nil && !errors.As(err, new(statusError)) {
				report.Problem = problem(address, err)
				return report
			}
		}
		return report
	case identity.ProviderOIDC, identity.ProviderGoogle, identity.ProviderEntra:
	}
	report.Problem = c.probeOpenID(ctx, u, p, &report)
	return report
}

// probeOpenID reads the document of a provider and its keys, and returns what is wrong.
func (c connection) probeOpenID(ctx context.Context, u *Upstream, p identity.UpstreamProvider, report *identity.ProviderReport) string {
	document := strings.TrimSuffix(p.Issuer, "/") + "/.well-known/openid-configuration"
	var told struct {
		Issuer        string `json:"issuer"`
		Authorization string `json:"authorization_endpoint"`
		Token         string `json:"token_endpoint"`
		UserInfo      string `json:"userinfo_endpoint"`
		Keys          string `json:"jwks_uri"`
	}
	if err := c.readJSON(ctx, document, &told); err != nil {
		return problem(document, err)
	}
	report.Issuer, report.KeysEndpoint = told.Issuer, told.Keys
	report.AuthorizationEndpoint, report.TokenEndpoint, report.UserInfoEndpoint = told.Authorization, told.Token, told.UserInfo
	if told.Issuer != p.Issuer && !p.SharesTenants() {
		return fmt.Sprintf("%s: the document is of another issuer than %s.", document, p.Issuer)
	}
	if _, err := u.discover(ctx, p, c); err != nil {
		return fmt.Sprintf("%s: the document names no endpoints, or is of one tenant although the issuer stands for many.", document)
	}
	var set struct {
		Keys []struct {
			Use string `json:"use"`
		} `json:"keys"`
	}
	if err := c.readJSON(ctx, told.Keys, &set); err != nil {
		return problem(told.Keys, err)
	}
	for _, key := range set.Keys {
		if key.Use == "" || key.Use == "sig" { // RFC 7517 §4.2
			report.SigningKeys++
		}
	}
	if report.SigningKeys == 0 {
		return told.Keys + ": there is no key to verify a signature with."
	}
	return ""
}

// statusError is an answer with another status than 200.
type statusError int

// Error implements error.
func (e statusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

var errNoJSON = errors.New("the answer is no JSON object")

// read fetches a document without a token.
func (c connection) read(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response.StatusCode)
	}
	return io.ReadAll(response.Body) // bounded by the transport
}

func (c connection) readJSON(ctx context.Context, address string, into any) error {
	body, err := c.read(ctx, address)
	if err == nil && json.Unmarshal(body, into) != nil {
		err = errNoJSON
	}
	return err
}

// problem says in a sentence why an address could not be read.
func problem(address string, err error) string {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		status      statusError
		wait        net.Error
	)
	why := "it may not be called, answers with a redirect or with more than 256 KiB, or breaks off"
	switch {
	case errors.As(err, &status), errors.Is(err, errNoJSON):
		why = err.Error()
		if errors.As(err, &status) {
			why = "it answers with " + status.Error()
		}
	case errors.As(err, &name) && name.IsNotFound:
		why = "its name is not known"
	case errors.As(err, &certificate):
		why = "its certificate is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		why = "nobody listens there"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &wait) && wait.Timeout():
		why = "it does not answer in time"
	}
	return address + ": " + why + "."
}
