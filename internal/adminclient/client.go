package adminclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/authly/authly/internal/keys"
)

// leeway is how long before its end a token is not used any more: a request takes time.
const leeway = 30 * time.Second

// Client calls the admin API of the server of a profile. It is for one goroutine.
type Client struct {
	Named
	folder    Folder
	lookup    func(string) (string, bool)
	transport *http.Client
	tokens    *oauth2.Token
	now       func() time.Time
	Waiting   func(time.Duration) // is told when the server wants the client to wait; may be nil
}

// NewClient makes a client of the profile of the name; of none the current one.
func NewClient(f Folder, profile string, lookup func(string) (string, bool), now func() time.Time) (*Client, error) {
	n, err := f.Find(profile)
	if err != nil {
		return nil, err
	}
	return &Client{Named: n, folder: f, lookup: lookup, transport: newTransport(), now: now}, nil
}

// errSignIn is who is not signed in, or is not any more.
func (c *Client) errSignIn(err error) error {
	remedy := "Run authly admin login " + c.Server + " --as " + c.Name + "."
	if c.Service() {
		remedy = "Look whether the client is active and its secret or key is still registered."
	}
	return &Error{Kind: NotAllowed, Message: "The sign-in of the profile " + c.Name + " has ended.", Remedy: remedy, err: err}
}

// accessToken returns a token that is good for a while. refused is one that the server did not take, or empty.
func (c *Client) accessToken(ctx context.Context, refused string) (string, error) {
	if c.tokens == nil {
		t, err := c.folder.readTokens(c.Named)
		if err != nil {
			return "", err
		}
		c.tokens = t
	}
	if c.fresh(refused) {
		return c.tokens.AccessToken, nil
	}
	// A refresh token is good once: whoever comes second would end the sign-in. So processes take turns, and each looks first
	// whether another has been there.
	unlock, err := c.folder.lock(tokenFile(c.Name))
	if err != nil {
		return "", err
	}
	defer unlock()
	if c.tokens, err = c.folder.readTokens(c.Named); err != nil {
		return "", err
	}
	if c.fresh(refused) {
		return c.tokens.AccessToken, nil
	}
	m, err := discover(ctx, c.transport, c.Server)
	if err != nil {
		return "", err
	}
	t, err := c.renew(context.WithValue(ctx, oauth2.HTTPClient, c.transport), m)
	if err != nil {
		return "", err
	}
	c.tokens = t
	return t.AccessToken, c.folder.storeTokens(&c.Named, t)
}

func (c *Client) fresh(refused string) bool {
	t := c.tokens
	return t != nil && t.AccessToken != refused && c.now().Add(leeway).Before(t.Expiry)
}

// renew gets new tokens: a service account with its secret or key, a person with the refresh token.
func (c *Client) renew(ctx context.Context, m metadata) (*oauth2.Token, error) {
	if c.Service() {
		return c.authenticate(ctx, m, c.lookup, c.now())
	}
	if c.tokens == nil || c.tokens.RefreshToken == "" {
		return nil, c.errSignIn(nil)
	}
	t, err := c.config(m, "").TokenSource(ctx, &oauth2.Token{RefreshToken: c.tokens.RefreshToken}).Token()
	var refusal *oauth2.RetrieveError
	if errors.As(err, &refusal) && refusal.ErrorCode == "invalid_grant" {
		return nil, c.errSignIn(err)
	}
	return t, asFault(c.Server, err)
}

// authenticate gets a token of a client on its own behalf (RFC 6749 §4.4).
func (p Profile) authenticate(
	ctx context.Context, m metadata, lookup func(string) (string, bool), now time.Time,
) (*oauth2.Token, error) {
	config := clientcredentials.Config{
		ClientID: p.ClientID, TokenURL: m.Token, Scopes: p.Scopes, AuthStyle: oauth2.AuthStyleInHeader, EndpointParams: url.Values{},
	}
	reference := cmp.Or(p.PrivateKey, p.Secret)
	secret, err := Follow(reference, lookup)
	if err != nil {
		return nil, err
	}
	if p.PrivateKey == "" {
		config.ClientSecret = secret
	} else {
		assertion, err := keys.SignAssertion(secret, p.ClientID, m.Issuer, now)
		if err != nil {
			return nil, Faultf(Usage, "It must be a private key as PEM or as a JSON Web Key.", "The key of %s cannot be used: %v", reference, err)
		}
		config.AuthStyle = oauth2.AuthStyleInParams
		config.EndpointParams.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		config.EndpointParams.Set("client_assertion", assertion)
	}
	t, err := config.Token(ctx)
	return t, asFault(m.Issuer, err)
}

// maximumSecret is the size of a file with a secret, in bytes.
const maximumSecret = 64 << 10

// Follow returns the secret that env:NAME or file:PATH refers to. Nothing else is taken: the command line is visible to every
// process.
func Follow(reference string, lookup func(string) (string, bool)) (string, error) {
	const remedy = "Write env:NAME or file:PATH: the command line is visible to every process."
	if name, ok := strings.CutPrefix(reference, "env:"); ok {
		value, found := lookup(name)
		if !found {
			return "", Faultf(Usage, "Set it.", "The variable %s is not set.", name)
		}
		return value, nil
	}
	path, ok := strings.CutPrefix(reference, "file:")
	if !ok {
		return "", Faultf(Usage, remedy, "A secret must not be on the command line.")
	}
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maximumSecret) {
		return "", Faultf(Usage, "", "%s is no file with a secret.", path)
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", Faultf(Usage, "", "The secret cannot be read: %v.", err)
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}

// Expiry is when the access token ends that was used last; the zero time when none was.
func (c *Client) Expiry() time.Time {
	if c.tokens == nil {
		return time.Time{}
	}
	return c.tokens.Expiry
}

// Logout revokes the tokens (RFC 7009) and forgets the profile, also when the server is not there; then the error says that
// they are still good.
func (c *Client) Logout(ctx context.Context) error {
	unlock, err := c.folder.lock(tokenFile(c.Name))
	if err != nil {
		return err
	}
	defer unlock()
	t, err := c.folder.readTokens(c.Named)
	if err != nil {
		return err
	}
	var revoked error
	if t != nil && !c.Service() {
		revoked = c.revoke(ctx, cmp.Or(t.RefreshToken, t.AccessToken))
	}
	if err := c.folder.forgetTokens(c.Named); err != nil {
		return err
	}
	if err := c.folder.remove(c.Name); err != nil {
		return err
	}
	if revoked != nil {
		return &Error{
			Kind: Unreachable, Message: "The tokens are forgotten here, but could not be revoked: " + revoked.Error(), err: revoked,
			Remedy: "End the session at " + c.Server + "/account.",
		}
	}
	return nil
}

func (c *Client) revoke(ctx context.Context, token string) error {
	m, err := discover(ctx, c.transport, c.Server)
	if err != nil {
		return err
	}
	form := url.Values{"token": {token}, "client_id": {c.ClientID}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.Revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("revoke the tokens: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.transport.Do(request)
	if err != nil {
		return unreachable(c.Server, err)
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maximumBytes))
	if response.StatusCode != http.StatusOK {
		return unreachable(c.Server, fmt.Errorf("status %d", response.StatusCode))
	}
	return nil
}
