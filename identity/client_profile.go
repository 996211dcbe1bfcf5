package identity

import "slices"

// ClientProfile is a name for what a client has to be: rules for its registration, which holds them as long as it has the name. The
// empty one is none.
type ClientProfile string

// The profiles.
const (
	ProfileOIDCBasic    ClientProfile = "oidc_basic"
	ProfileOAuth21      ClientProfile = "oauth2_1"
	ProfileFAPI1        ClientProfile = "fapi1_advanced"
	ProfileFAPI2        ClientProfile = "fapi2_security"
	ProfileFAPI2Signing ClientProfile = "fapi2_message_signing"
)

// profileRules says what a profile consists of.
type profileRules struct {
	standards  []Standard
	algorithms []Algorithm // that the client may sign with where it has registered none; nil = all
	loosens    func(*ClientMetadata, *ClientPolicy, func(field string) bool)
}

var clientProfiles = map[ClientProfile]profileRules{
	ProfileOIDCBasic:    {standards: []Standard{StandardOIDCBasic}, loosens: withoutChallenge},
	ProfileOAuth21:      {standards: []Standard{StandardOAuth21}},
	ProfileFAPI1:        {standards: []Standard{StandardFAPI1}, algorithms: fapi1Algorithms},
	ProfileFAPI2:        {standards: []Standard{StandardFAPI2}, algorithms: fapi2Algorithms},
	ProfileFAPI2Signing: {standards: []Standard{StandardFAPI2, StandardFAPI2Signing}, algorithms: fapi2Algorithms},
}

// ClientProfiles lists the names of all profiles, from the plainest on.
func ClientProfiles() []ClientProfile {
	return []ClientProfile{ProfileOIDCBasic, ProfileOAuth21, ProfileFAPI1, ProfileFAPI2, ProfileFAPI2Signing}
}

// withoutChallenge lets a client in that knows OpenID Connect alone, which is older than PKCE: its nonce does the same (RFC 9700 §2.1.1).
func withoutChallenge(m *ClientMetadata, p *ClientPolicy, said func(string) bool) {
	if !said("require_pkce") && m.TokenEndpointAuthMethod != AuthNone {
		p.RequirePKCE = false
	}
}

// Set gives a registration that is to have the profile the fields that belong to it, but for those of which something was said: these
// stay, and are refused where they contradict it. said reports it of a field in the domain's spelling.
func (p ClientProfile) Set(m *ClientMetadata, policy *ClientPolicy, said func(field string) bool) {
	*m, policy.Profile = m.WithDefaults(), p
	for _, rule := range p.rules() {
		if rule.mend != nil && !said(rule.Field) && rule.broken(Client{Metadata: *m, Policy: *policy}) {
			rule.mend(m, policy)
		}
	}
	if loosens := clientProfiles[p].loosens; loosens != nil {
		loosens(m, policy, said)
	}
}

// rules are those that a client of the profile must not break.
func (p ClientProfile) rules() []clientRule {
	return rulesOf(clientProfiles[p].standards)
}

func rulesOf(standards []Standard) []clientRule {
	return slices.DeleteFunc(slices.Clone(clientRules), func(r clientRule) bool { return !slices.Contains(standards, r.Standard) })
}

// algorithms are those that a client of the profile may sign with; nil when that is not limited.
func (p ClientProfile) algorithms() []Algorithm { return clientProfiles[p].algorithms }

// checkProfile refuses what contradicts the profile that the client has.
func (c Client) checkProfile(faults *Faults) {
	if c.Policy.Profile != "" {
		faults.Add(CheckProfile(c.Policy.Profile))
	}
	for _, a := range c.Against(c.Policy.Profile) {
		faults.Add(InvalidField(a.Field, "Contradicts the profile %s (%s %s). %s %s",
			c.Policy.Profile, a.Standard, a.Clause, a.Problem, a.Repair))
	}
}

// CheckProfile returns an error for the name of a profile that there is not.
func CheckProfile(p ClientProfile) error {
	if slices.Contains(ClientProfiles(), p) {
		return nil
	}
	return InvalidField("profile", "Must be oidc_basic, oauth2_1, fapi1_advanced, fapi2_security or fapi2_message_signing.")
}

// Against returns what stands between the client and a profile, in a stable order.
func (c Client) Against(p ClientProfile) []ClientAdvice {
	c.Policy.Profile = p
	return c.broken(p.rules())
}

// SigningAlgorithms returns which of some algorithms the client may sign with: the registered one, or those of its profile.
func (c Client) SigningAlgorithms(registered string, among []string) []string {
	limit := c.Policy.Profile.algorithms()
	return slices.DeleteFunc(slices.Clone(among), func(name string) bool {
		if registered != "" {
			return name != registered
		}
		return limit != nil && !slices.Contains(limit, Algorithm(name))
	})
}

// NeedsSignedResponse reports whether a response of the type must be a signed one: what a code has beside it otherwise is an ID token
// (FAPI 1.0 Advanced §5.2.2 item 2).
func (c Client) NeedsSignedResponse(t ResponseType) bool {
	return c.Policy.Profile == ProfileFAPI1 && !t.IDToken()
}

// NeedsChallenge reports whether each pushed request of the client must have a challenge, whatever its policy says of others (FAPI 1.0
// Advanced §5.2.2 item 18).
func (c Client) NeedsChallenge() bool { return c.Policy.Profile == ProfileFAPI1 }

// NeedsWholeRequest reports whether a request of the client has what others can do without: redirect_uri where one is registered, scope,
// and a nonce for each ID token (FAPI 1.0 Baseline §5.2.2 item 10, §5.2.2.2).
func (c Client) NeedsWholeRequest() bool { return c.Policy.Profile == ProfileFAPI1 }
