package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/authly/authly/identity"
)

// registration says who may make an account for themselves.
const registration = "AUTHLY_REGISTRATION"

// checkRegistration refuses a mode that needs mail where there is none: no account is made before its mailbox is proven.
func (c *Config) checkRegistration(mode string) error {
	if mode != string(identity.RegistrationClosed) && mode != "" && !c.Mail.Enabled() {
		return errors.New("must be closed without " + smtpURL + ": a code is mailed to whoever registers")
	}
	return nil
}

// emailSignIn says whether mailed codes sign in.
const emailSignIn = "AUTHLY_EMAIL_SIGN_IN"

// checkEmailSignIn refuses codes that are mailed where there is no mail.
func (c *Config) checkEmailSignIn(on bool) error {
	if on && !c.Mail.Enabled() {
		return errors.New("must be false without " + smtpURL + ": the code is mailed")
	}
	return nil
}

// passkeys says what people sign in with.
const passkeys = "AUTHLY_PASSKEYS"

// checkPasskeys refuses to take away what administrators must sign in with.
func (c *Config) checkPasskeys(policy string) error {
	if policy == string(identity.PasskeysOff) && c.AdminClass == "phr" {
		return errors.New("must not be off with AUTHLY_ADMIN_ACR=phr: that is a passkey")
	}
	if policy == string(identity.PasskeysOnly) && !hasPasskeys(c.Issuer) {
		return errors.New("must not be only: browsers know no passkeys of the issuer, whose host must be localhost or have a dot, " +
			"and be no address")
	}
	return nil
}

// hasPasskeys reports whether browsers know passkeys of an issuer: its host must be a name that a site can have (WebAuthn §5.1.3).
func hasPasskeys(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return net.ParseIP(host) == nil && (host == "localhost" || strings.Contains(strings.Trim(host, "."), "."))
}

// setRegistrationDomains reads domains, and *.domain for all below it.
func setRegistrationDomains(c *Config, value string) error {
	var domains []string
	for _, item := range splitList(value) {
		item = strings.ToLower(item)
		name := strings.TrimPrefix(item, "*.")
		if !identity.ValidEmail("a@" + name) {
			return fmt.Errorf("%q is not a domain such as example.org or *.example.org", item)
		}
		domains = append(domains, item)
	}
	c.RegistrationDomains = domains
	return nil
}

// setTermsVersion reads the name of a version, which people see.
func setTermsVersion(c *Config, value string) error {
	if !termsVersion.MatchString(value) {
		return fmt.Errorf("must be at most %d letters, digits, dots, hyphens and underscores", identity.MaxTermsVersion)
	}
	c.TermsVersion = value
	return nil
}

var termsVersion = regexp.MustCompile(fmt.Sprintf(`^[A-Za-z0-9._-]{1,%d}$`, identity.MaxTermsVersion))

// setTermsURL reads where the terms stand.
func setTermsURL(c *Config, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(value) > maxTermsURL {
		return fmt.Errorf("must be an https URL of at most %d characters", maxTermsURL)
	}
	c.TermsURL = value
	return nil
}

// maxTermsURL is the length of a URL in bytes.
const maxTermsURL = 500
