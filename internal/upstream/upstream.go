package upstream

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/uuid"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/authly/authly/identity"
)

// Deadline is how long a page waits for a provider at most.
const Deadline = 5 * time.Second

// The bounds of what is remembered of a provider.
const (
	rememberFor = time.Hour       // endpoints, and keys that the provider may have removed
	awayFor     = 5 * time.Second // a provider that did not answer is not asked again
)

// Transport makes the transport for the calls to a provider, of which the operator has named the addresses.
type Transport func(addresses ...string) http.RoundTripper

// Upstream implements identity.Upstream.
type Upstream struct {
	transport Transport
	now       func() time.Time
	deadline  time.Duration

	finding singleflight.Group
	mu      sync.Mutex
	found   map[uuid.UUID]connection
}

// New returns an Upstream whose calls for one page end after the deadline, such as Deadline.
func New(transport Transport, now func() time.Time, deadline time.Duration) *Upstream {
	return &Upstream{transport: transport, now: now, deadline: deadline, found: map[uuid.UUID]connection{}}
}

// connection is how a provider is spoken to.
type connection struct {
	version  int // of the provider
	until    time.Time
	away     error // why it cannot be spoken to
	client   *http.Client
	endpoint oauth2.Endpoint
	userInfo string

	// Of OpenID providers.
	provider  *oidc.Provider
	verifier  *oidc.IDTokenVerifier
	issuer    string // of answers (RFC 9207 §2.4)
	announces bool   // every answer has an issuer (RFC 9207 §3)
}

// connect finds out how a provider is spoken to.
func (u *Upstream) connect(ctx context.Context, p identity.UpstreamProvider) (connection, error) {
	u.mu.Lock()
	c, ok := u.found[p.ID]
	u.mu.Unlock()
	if ok && c.version == p.Version && u.now().Before(c.until) {
		return c, c.away
	}
	key := p.ID.String() + "/" + strconv.Itoa(p.Version)
	made, err, _ := u.finding.Do(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), u.deadline) // others wait for it, too
		defer cancel()
		c, err := u.find(ctx, p)
		c.version, c.until, c.away = p.Version, u.now().Add(rememberFor), err
		if err != nil {
			c.until = u.now().Add(awayFor)
		}
		u.mu.Lock()
		u.found[p.ID] = c
		u.mu.Unlock()
		return c, err
	})
	c, _ = made.(connection)
	return c, err
}

// find asks a provider for its endpoints, where it has a document of them.
func (u *Upstream) find(ctx context.Context, p identity.UpstreamProvider) (connection, error) {
	c := u.newConnection(p)
	if p.Kind == identity.ProviderOAuth2 || p.Kind == identity.ProviderGitHub {
		return c.without(p), nil
	}
	return u.discover(ctx, p, c)
}

// newConnection returns how the hosts of a provider are called.
func (u *Upstream) newConnection(p identity.UpstreamProvider) connection {
	addresses := []string{p.Issuer, p.Config.AuthorizationEndpoint, p.Config.TokenEndpoint, p.Config.UserInfoEndpoint}
	if p.Kind == identity.ProviderGitHub && p.Issuer == gitHub {
		addresses = nil // its hosts are public
	}
	return connection{client: &http.Client{Transport: u.transport(addresses...)}}
}

// without returns how a provider is spoken to that has no document.
func (c connection) without(p identity.UpstreamProvider) connection {
	switch p.Kind {
	case identity.ProviderOAuth2:
		c.endpoint = oauth2.Endpoint{
			AuthURL: p.Config.AuthorizationEndpoint, TokenURL: p.Config.TokenEndpoint, AuthStyle: oauth2.AuthStyleInHeader,
		}
		c.userInfo = p.Config.UserInfoEndpoint
	case identity.ProviderGitHub:
		c.endpoint = oauth2.Endpoint{
			AuthURL: p.Issuer + "/login/oauth/authorize", TokenURL: p.Issuer + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams,
		}
		c.userInfo = gitHubAPI(p.Issuer) + "/user"
	case identity.ProviderOIDC, identity.ProviderGoogle, identity.ProviderEntra:
	}
	return c
}

// authorize is the configuration of the sign-in of a person.
func (c connection) authorize(p identity.UpstreamProvider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: c.endpoint, RedirectURL: p.RedirectURI, Scopes: scopes(p),
	}
}

func scopes(p identity.UpstreamProvider) []string {
	asked := slices.Clone(p.Config.Scopes)
	switch p.Kind {
	case identity.ProviderGitHub:
		if len(asked) == 0 {
			asked = []string{"user:email"}
		}
	case identity.ProviderOAuth2:
	case identity.ProviderOIDC, identity.ProviderGoogle, identity.ProviderEntra:
		if len(asked) == 0 {
			asked = []string{"profile", "email"}
		}
		if !slices.Contains(asked, oidc.ScopeOpenID) {
			asked = append([]string{oidc.ScopeOpenID}, asked...)
		}
	}
	return asked
}

// AuthorizationURL implements identity.Upstream.
func (u *Upstream) AuthorizationURL(ctx context.Context, p identity.UpstreamProvider, r identity.UpstreamRequest) (string, error) {
	c, err := u.connect(ctx, p)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(r.Verifier)}
	if c.provider != nil {
		options = append(options, oidc.Nonce(r.Nonce))
		if r.MaxAge != nil {
			options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(*r.MaxAge)))
		}
	}
	return c.authorize(p).AuthCodeURL(r.State, options...), nil
}

// Identify implements identity.Upstream.
func (u *Upstream) Identify(
	ctx context.Context, p identity.UpstreamProvider, r identity.UpstreamRequest, a identity.UpstreamAnswer,
) (identity.UpstreamIdentity, error) {
	ctx, cancel := context.WithTimeout(ctx, u.deadline)
	defer cancel()
	c, err := u.connect(ctx, p)
	if err != nil {
		return identity.UpstreamIdentity{}, err
	}
	switch wanted := c.provider != nil && (c.announces || a.Issuer != ""); {
	case wanted && a.Issuer != c.issuer:
		return refused(identity.FaultMixUp)
	case a.Denied:
		return refused(identity.FaultDenied)
	case a.Code == "":
		return refused(identity.FaultCode)
	}
	ctx = oidc.ClientContext(ctx, c.client)
	token, err := c.authorize(p).Exchange(ctx, a.Code, oauth2.VerifierOption(r.Verifier))
	if err != nil {
		return failed(err, identity.FaultCode)
	}
	switch p.Kind {
	case identity.ProviderOAuth2:
		return c.describe(ctx, p, token)
	case identity.ProviderGitHub:
		return c.gitHubUser(ctx, p, token)
	case identity.ProviderOIDC, identity.ProviderGoogle, identity.ProviderEntra:
	}
	return c.identify(ctx, p, r, token)
}

func refused(f identity.UpstreamFault) (identity.UpstreamIdentity, error) {
	return identity.UpstreamIdentity{}, identity.ErrUpstreamRefused.Because(f)
}

// failed tells a provider that has refused, or said nonsense, from one that does not answer. Of what it has said nothing goes
// further.
func failed(err error, fault identity.UpstreamFault) (identity.UpstreamIdentity, error) {
	if unanswered(err) {
		return identity.UpstreamIdentity{}, unreachable("no answer")
	}
	return refused(fault)
}

func unreachable(what string) error {
	return identity.ErrProviderUnreachable.Because(fmt.Errorf("identity provider: %s", what))
}

// unanswered reports whether there was no answer at all.
func unanswered(err error) bool {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) {
		return answer.Response != nil && answer.Response.StatusCode >= http.StatusInternalServerError
	}
	var lost interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.As(err, &lost)
}
