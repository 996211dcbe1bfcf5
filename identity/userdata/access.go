package userdata

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

var credentialData = whole(dataSection{
	name:     "credentials",
	about:    "With what the person can sign in. What is secret about it is stored as a digest alone, and not told.",
	purpose:  "To find out whether it is the person who signs in.",
	retained: withAccount,
}, []dataField[identity.Credential]{
	{"kind", "What it is.", func(c identity.Credential) any { return string(c.Kind) }},
	{"name", "The name that the person gave it.", func(c identity.Credential) any { return c.Name }},
	{"created_at", "Since when it is there.", func(c identity.Credential) any { return c.CreatedAt }},
	{"last_used_at", "When it was last used.", func(c identity.Credential) any { return c.LastUsedAt }},
}, func(ctx context.Context, s *subject) ([]identity.Credential, error) {
	return s.store.CredentialsOf(ctx, s.user.ID)
})

var linkedIdentityData = whole(dataSection{
	name:     "linked_identities",
	about:    "Who the person is at other providers, where they can sign in instead.",
	purpose:  "To know the person again who comes from there.",
	retained: withAccount,
}, []dataField[identity.LinkedIdentity]{
	{"issuer", "The provider.", func(l identity.LinkedIdentity) any { return l.Issuer }},
	{"subject", "What it calls the person.", func(l identity.LinkedIdentity) any { return l.Subject }},
	{"email", "The address that it has last told.", func(l identity.LinkedIdentity) any { return l.Email }},
	{"email_verified", "Whether it says that this is verified.", func(l identity.LinkedIdentity) any { return l.EmailVerified }},
	{"created_at", "Since when they are connected.", func(l identity.LinkedIdentity) any { return l.CreatedAt }},
	{"last_used_at", "When the person has last come from there.", func(l identity.LinkedIdentity) any { return l.LastUsedAt }},
}, func(ctx context.Context, s *subject) ([]identity.LinkedIdentity, error) {
	found, err := s.store.LinkedIdentitiesOf(ctx, []uuid.UUID{s.user.ID})
	return found[s.user.ID], err
})

var sessionData = listed(dataSection{
	name:    "sessions",
	about:   "The browsers and devices on which the person has signed in.",
	purpose: "To keep the person signed in, and to let them and the operator see and end that.",
	retained: func(s *identity.Settings) string {
		return "A session ends when it was not used for " + period(s.SessionIdleTTL) + ", after " + period(s.SessionMaxTTL) +
			" at the latest; it stays visible for " + period(identity.EndedRetention) + " after that."
	},
}, []dataField[identity.Session]{
	{"id", "Identifies it; applications know it as sid.", func(v identity.Session) any { return v.ID }},
	{"created_at", "When it began.", func(v identity.Session) any { return v.CreatedAt }},
	{"last_active_at", "When it was last used.", func(v identity.Session) any { return v.LastActiveAt }},
	{"auth_time", "When the person last proved in it who they are.", func(v identity.Session) any { return v.AuthTime }},
	{"amr", "How (RFC 8176).", func(v identity.Session) any { return v.AMR }},
	{"acr", "How sure that is.", func(v identity.Session) any { return v.ACR }},
	{"ip", "From which address it was begun.", func(v identity.Session) any { return v.IP }},
	{"user_agent", "What the browser says that it is.", func(v identity.Session) any { return v.UserAgent }},
	{"expires_at", "When it ends if it is not used.", func(v identity.Session) any { return v.ExpiresAt }},
	{"max_expires_at", "When it ends in any case.", func(v identity.Session) any { return v.MaxExpiresAt }},
	{"ended_at", "When it was ended before.", func(v identity.Session) any { return v.EndedAt }},
	{"end_reason", "Why.", func(v identity.Session) any { return string(v.EndReason) }},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[identity.Session], error) {
	return s.store.Sessions(ctx, identity.SessionQuery{
		Filter: identity.SessionFilter{UserID: s.user.ID}, Ascending: true, Range: slice, Now: s.source.Now(),
	})
})

// clientGrant is a grant with the client that has it.
type clientGrant struct {
	identity.Grant
	client identity.Client
	code   identity.CodeState // zero once it is of no more interest
}

var grantData = listed(dataSection{
	name:    "grants",
	about:   "What applications may do in the name of the person, by codes and tokens. These are not stored, or as digests alone.",
	purpose: "To let applications act for the person, and to let them and the operator see and end that.",
	retained: func(s *identity.Settings) string {
		return "As long as its tokens can be renewed, by the server's settings " + period(s.RefreshTokenTTL) + ", or its session lives; it " +
			"stays visible for " + period(identity.EndedRetention) + " after that."
	},
}, []dataField[clientGrant]{
	{"id", "Identifies it.", func(g clientGrant) any { return g.ID }},
	{"client_id", "The application that has it.", func(g clientGrant) any { return g.client.ClientID }},
	{"client_name", "Its name.", func(g clientGrant) any { return g.client.Metadata.Name }},
	{"session_id", "The session in which it was given.", func(g clientGrant) any { return g.SessionID }},
	{"scopes", "What the application may.", func(g clientGrant) any { return g.Scopes }},
	{"resources", "For which services the tokens are.", func(g clientGrant) any { return g.Resources }},
	{"authorization_details", "What the application may in detail (RFC 9396).", func(g clientGrant) any { return g.Details }},
	{"claims", "Which claims the application has asked for by name.", func(g clientGrant) any { return g.Claims }},
	{"auth_time", "When the person had proved who they are.", func(g clientGrant) any { return g.AuthTime }},
	{"amr", "How (RFC 8176).", func(g clientGrant) any { return g.AMR }},
	{"acr", "How sure that is.", func(g clientGrant) any { return g.Class() }},
	{"offline", "Whether it outlives the session.", func(g clientGrant) any { return g.Offline }},
	{"created_at", "When it was given.", func(g clientGrant) any { return g.CreatedAt }},
	{"redirect_uri", "Where the browser was sent with the code.", func(g clientGrant) any { return g.code.RedirectURI }},
	{"code_redeemed_at", "When the application has redeemed the code.", func(g clientGrant) any { return g.code.SpentAt }},
	{"refreshed_at", "When the application has last renewed its tokens.", func(g clientGrant) any { return g.Refresh.RotatedAt }},
	{"refresh_expires_at", "Until when it can.", func(g clientGrant) any { return g.Refresh.ExpiresAt }},
	{"refresh_idle_expires_at", "And until when unless it does.", func(g clientGrant) any { return g.Refresh.IdleExpiresAt }},
	{"ended_at", "When it was ended.", func(g clientGrant) any { return g.EndedAt }},
	{"end_reason", "Why.", func(g clientGrant) any { return string(g.EndReason) }},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[clientGrant], error) {
	found, err := s.store.Grants(ctx, identity.GrantQuery{
		Filter: identity.GrantFilter{UserID: s.user.ID}, Ascending: true, Range: slice, Now: s.source.Now(),
	})
	if err != nil {
		return nil, err
	}
	clients, err := clientsOf(ctx, s, found, func(r identity.ListRow[identity.Grant]) *uuid.UUID { return &r.Item.ClientID })
	rows := make([]identity.ListRow[clientGrant], len(found))
	for i, r := range found {
		item := clientGrant{Grant: r.Item, client: clients[r.Item.ClientID]}
		if r.Item.Code != nil {
			item.code = *r.Item.Code
		}
		rows[i] = identity.ListRow[clientGrant]{Item: item, CursorKey: r.CursorKey}
	}
	return rows, err
})

// clientConsent is a consent with the client that has it.
type clientConsent struct {
	identity.Consent
	client identity.Client
}

var consentData = listed(dataSection{
	name:     "consents",
	about:    "What the person has allowed applications, so that they need not be asked again.",
	purpose:  "To ask once.",
	retained: same("Until it is withdrawn, at the latest until the account or the application is deleted."),
}, []dataField[clientConsent]{
	{"client_id", "The application.", func(c clientConsent) any { return c.client.ClientID }},
	{"client_name", "Its name.", func(c clientConsent) any { return c.client.Metadata.Name }},
	{"scopes", "What it was allowed.", func(c clientConsent) any { return c.Scopes }},
	{"created_at", "When it was first allowed something.", func(c clientConsent) any { return c.CreatedAt }},
	{"updated_at", "When it was last allowed something.", func(c clientConsent) any { return c.UpdatedAt }},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[clientConsent], error) {
	found, err := s.store.Consents(ctx, identity.ConsentQuery{
		Filter: identity.ConsentFilter{UserID: s.user.ID}, Ascending: true, Range: slice,
	})
	if err != nil {
		return nil, err
	}
	clients, err := clientsOf(ctx, s, found, func(r identity.ListRow[identity.Consent]) *uuid.UUID { return &r.Item.ClientID })
	rows := make([]identity.ListRow[clientConsent], len(found))
	for i, r := range found {
		rows[i] = identity.ListRow[clientConsent]{Item: clientConsent{r.Item, clients[r.Item.ClientID]}, CursorKey: r.CursorKey}
	}
	return rows, err
})

var browserData = whole(dataSection{
	name:     "browsers",
	about:    "On which browsers the person was seen. They are known by digests of their cookies, which are not told.",
	purpose:  "To tell the person from strangers who try passwords.",
	retained: same("For " + period(identity.DeviceKnownFor) + " after the last sign-in there; until the password is changed."),
}, []dataField[time.Time]{
	{"last_seen_at", "When the person has last signed in there.", func(at time.Time) any { return at }},
}, func(ctx context.Context, s *subject) ([]time.Time, error) {
	places, err := s.store.PlacesOf(ctx, s.user.ID)
	var browsers []time.Time
	for _, p := range places {
		if p.Network == "" {
			browsers = append(browsers, p.LastSeenAt)
		}
	}
	return browsers, err
})

var networkData = whole(dataSection{
	name:     "networks",
	about:    "In which networks the person was seen.",
	purpose:  "To tell the person from strangers who try passwords.",
	retained: same("For " + period(identity.NetworkKnownFor) + " after the last sign-in there."),
}, []dataField[identity.KnownPlace]{
	{"network", "A range of addresses, wider than one connection.", func(p identity.KnownPlace) any { return p.Network }},
	{"last_seen_at", "When the person has last signed in there.", func(p identity.KnownPlace) any { return p.LastSeenAt }},
}, func(ctx context.Context, s *subject) ([]identity.KnownPlace, error) {
	places, err := s.store.PlacesOf(ctx, s.user.ID)
	var networks []identity.KnownPlace
	for _, p := range places {
		if p.Network != "" {
			networks = append(networks, p)
		}
	}
	return networks, err
})
