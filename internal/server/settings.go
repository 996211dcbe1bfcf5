package server

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
)

// settingsInterval is how often a node looks for settings that were stored elsewhere, and how long it may take over it.
const settingsInterval = time.Second

// settingsOf returns what the rules depend on.
func settingsOf(c config.Config) identity.Settings {
	settings := identity.DefaultSettings(c.Issuer)
	settings.AccessTokenTTL = c.AccessTokenTTL
	settings.IDTokenTTL = c.IDTokenTTL
	settings.CodeTTL = c.CodeTTL
	settings.RefreshTokenTTL = c.RefreshTokenTTL
	settings.RefreshTokenIdleTTL = c.RefreshTokenIdleTTL
	settings.RefreshGrace = c.RefreshGrace
	settings.SessionIdleTTL = c.SessionTTL
	settings.SessionMaxTTL = c.SessionMaxTTL
	settings.TemporaryPassword = c.TemporaryPassword
	settings.RequireVerified = c.RequireVerifiedEmail
	settings.Locale = c.DefaultLocale
	settings.Registration = identity.RegistrationMode(c.Registration)
	settings.RegistrationDomains = c.RegistrationDomains
	settings.ClientRegistration = clientRegistration(c.ClientRegistration)
	settings.TermsVersion, settings.TermsURL = c.TermsVersion, c.TermsURL
	settings.SecondFactors = identity.FactorPolicy(c.SecondFactors)
	settings.SelfDelete, settings.SelfExport = c.SelfDelete, c.SelfExport
	if c.Mail.From.Address != "" {
		settings.MailFrom = c.Mail.From
	}
	settings.MailReplyTo = c.Mail.ReplyTo
	settings.EmailSignIn = c.EmailSignIn
	settings.Passkeys = identity.PasskeyPolicy(c.Passkeys)
	settings.TrustBrowser = c.TrustBrowser
	settings.SecondFactorGrace = c.SecondFactorGrace
	settings.AdminSignIn = identity.SignInDemand{Class: c.AdminClass, MaxAge: c.AdminMaxAge}
	settings.RequirePushedRequests = c.RequirePushedRequests
	settings.RequireSignedRequests = c.RequireSignedRequests
	settings.ProofNonce = c.ProofNonce
	settings.SessionManagement = c.SessionManagement
	settings.SharedSignals = c.SharedSignals
	settings.OpenIDFederation = identity.OpenIDFederation{
		AuthorityHints: c.OpenIDFederation.AuthorityHints, Lifetime: c.OpenIDFederation.Lifetime, Organization: c.OpenIDFederation.Organization,
	}
	settings.MutualTLS = identity.MutualTLS{On: c.MutualTLS.On(), URL: c.MutualTLS.URL, Anchors: c.MutualTLS.Anchors}
	settings.PasswordGrant = c.PasswordGrant
	settings.FrontChannelTokens = c.FrontChannelTokens
	settings.AuditRetention = c.AuditRetention
	settings.TransferMaxSize = c.TransferMaxSize << 20
	settings.Limits = limits(c.Throttle)
	return settings
}

// settle returns the settings with what is stored over the configuration of the start. What cannot be obeyed, such as
// the value of a newer version, is left out and logged.
func (s *Server) settle(ctx context.Context, stored map[string]string) identity.Settings {
	c, ignored := s.config.With(stored)
	for _, name := range slices.Sorted(maps.Keys(ignored)) {
		s.logger.WarnContext(ctx, "a stored setting is not obeyed", "setting", name, "cause", ignored[name].Message())
	}
	settings := settingsOf(c)
	brand := s.branded.Brand
	settings.Brand = &brand
	if s.passkeys == nil {
		settings.Passkeys = identity.PasskeysOff
	}
	if s.override != nil {
		s.override(&settings)
	}
	s.settled = stored
	return settings
}

// followSettings puts in force what is stored, here and elsewhere, until ctx ends. What is in force stays so while the
// database is away.
func (s *Server) followSettings(ctx context.Context) {
	ticker := time.NewTicker(settingsInterval)
	defer ticker.Stop()
	for reached := true; ; {
		select {
		case <-ctx.Done():
			return
		case <-s.resettled:
		case <-ticker.C:
		}
		err := s.readSettings(ctx)
		if err != nil && reached && ctx.Err() == nil {
			s.logger.WarnContext(ctx, "cannot look for stored settings", "cause", err.Error())
		}
		reached = err == nil
	}
}

// readSettings puts in force what is stored of settings and brand, if that has changed.
func (s *Server) readSettings(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settingsInterval)
	defer cancel()
	stored, err := s.Store.StoredSettings(ctx)
	if err != nil {
		return err
	}
	brand, rebranded, err := s.Store.StoredBrandUnless(ctx, s.branded.Version)
	if err != nil || !rebranded && maps.Equal(stored.Values, s.settled) {
		return err
	}
	if rebranded {
		s.branded = brand
	}
	s.Domain.Settings.Set(s.settle(ctx, stored.Values))
	s.logger.InfoContext(ctx, "what is stored is in force", "settings_version", stored.Version, "branding_version", s.branded.Version)
	return nil
}

func clientRegistration(c config.ClientRegistration) identity.ClientRegistrationPolicy {
	policy := identity.ClientRegistrationPolicy{
		Mode: identity.ClientRegistrationMode(c.Mode), Scopes: c.Scopes, Hosts: c.Hosts, Unused: c.Unused,
		Documents: c.Documents, OptionalPKCE: c.OptionalPKCE,
	}
	for _, name := range c.Grants {
		policy.Grants = append(policy.Grants, identity.GrantType(name))
	}
	return policy
}
