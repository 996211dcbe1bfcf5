package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// setter says how the text of one variable is written. put puts it into the Config, or says in one phrase what is wrong
// with it.
type setter struct {
	kind identity.SettingType
	put  func(c *Config, value string) error
}

type prefixList = []netip.Prefix

func text(field func(*Config) *string) setter {
	return setter{identity.SettingText, func(c *Config, value string) error {
		*field(c) = value
		return nil
	}}
}

func secret(field func(*Config) *Secret) setter {
	return setter{identity.SettingText, func(c *Config, value string) error {
		*field(c) = Secret(value)
		return nil
	}}
}

func boolean(field func(*Config) *bool) setter {
	return setter{identity.SettingBoolean, func(c *Config, value string) error {
		parsed, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		*field(c) = parsed
		return nil
	}}
}

func oneOf(field func(*Config) *string, allowed ...string) setter {
	return setter{identity.SettingText, func(c *Config, value string) error {
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("%q is not one of %s", value, strings.Join(allowed, ", "))
		}
		*field(c) = value
		return nil
	}}
}

func mebibytes(least, most int, field func(*Config) *int) setter {
	return number("number of MiB", least, most, field)
}

func whole(least, most int, field func(*Config) *int) setter {
	return number("whole number", least, most, field)
}

func number(kind string, least, most int, field func(*Config) *int) setter {
	return setter{identity.SettingInteger, func(c *Config, value string) error {
		parsed, err := strconv.Atoi(value)
		if err != nil || parsed < least || parsed > most {
			return fmt.Errorf("%q is not a %s from %d to %d", value, kind, least, most)
		}
		*field(c) = parsed
		return nil
	}}
}

func duration(least, most time.Duration, field func(*Config) *time.Duration) setter {
	return setter{identity.SettingDuration, func(c *Config, value string) error {
		parsed, err := parseDuration(value)
		if err != nil {
			return err
		}
		if parsed < least || parsed > most {
			return fmt.Errorf("%s is not between %s and %s", value, least, most)
		}
		*field(c) = parsed
		return nil
	}}
}

// durationOrZero accepts 0 beside the range.
func durationOrZero(least, most time.Duration, field func(*Config) *time.Duration) setter {
	ranged := duration(least, most, field)
	return setter{identity.SettingDuration, func(c *Config, value string) error {
		if parsed, err := parseDuration(value); err == nil && parsed == 0 {
			*field(c) = 0
			return nil
		}
		return ranged.put(c, value)
	}}
}

// parseDuration reads the syntax of Go with days of 24 hours in front: 90s, 12h, 30d, 1d12h.
func parseDuration(value string) (time.Duration, error) {
	days, rest, hasDays := strings.Cut(value, "d")
	if !hasDays {
		days, rest = "0", value
	}
	n, err := strconv.ParseUint(days, 10, 16)
	var parsed time.Duration
	if err == nil && rest != "" {
		parsed, err = time.ParseDuration(rest)
	}
	if err != nil || hasDays && (parsed < 0 || parsed > day) {
		return 0, fmt.Errorf("%q is not a duration such as 90s, 12h or 30d", value)
	}
	return time.Duration(n)*day + parsed, nil
}

func address(field func(*Config) *string) setter {
	return setter{identity.SettingText, func(c *Config, value string) error {
		_, port, err := net.SplitHostPort(value)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return fmt.Errorf("%q is not host:port with a numeric port", value)
		}
		*field(c) = value
		return nil
	}}
}

func setMetricsAddr(c *Config, value string) error {
	if value == "off" {
		return nil
	}
	return address(func(c *Config) *string { return &c.MetricsAddr }).put(c, value)
}

// prefixes reads CIDRs and single addresses, separated by commas or spaces.
func prefixes(field func(*Config) *prefixList) setter {
	return setter{identity.SettingList, func(c *Config, value string) error {
		var list prefixList
		for _, item := range splitList(value) {
			prefix, err := netip.ParsePrefix(item)
			if addr, addrErr := netip.ParseAddr(item); addrErr == nil && addr.Zone() == "" {
				prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
			}
			if err != nil || prefix.Addr().Is4In6() {
				return fmt.Errorf("%q is not a CIDR such as 10.0.0.0/8", item)
			}
			list = append(list, prefix.Masked())
		}
		*field(c) = list
		return nil
	}}
}

func splitList(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
}

// setIssuer checks the issuer (OIDC Discovery §3, RFC 8414 §2) and that nothing else could be read into it: tokens are
// compared with this very string.
func setIssuer(c *Config, value string) error {
	if err := checkBase(value); err != nil {
		return err
	}
	c.Issuer = value
	return nil
}

// checkBase refuses what no URL of an endpoint can begin with.
func checkBase(value string) error {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":"):
		return errors.New("is not an absolute URL such as https://id.example.org")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("must be an https URL")
	case u.User != nil:
		return errors.New("must not hold a user name or password")
	case strings.ContainsAny(value, "?#"):
		return errors.New("must have neither a query nor a fragment")
	case strings.HasSuffix(value, "/"):
		return errors.New("must not end with a slash")
	case u.Path != "":
		return errors.New("must not have a path; every endpoint stands at a fixed path of the host")
	case u.Host != strings.ToLower(u.Host) || !strings.HasPrefix(value, u.Scheme+"://"):
		return errors.New("must have its scheme and host in lower case")
	case u.String() != value:
		return errors.New("must be written in the normal form of a URL")
	case u.Scheme == "http" && !identity.Loopback(u.Hostname()):
		return errors.New("must be an https URL; http is for loopback hosts only")
	}
	return nil
}

// setAdminOrigins reads web origins (RFC 6454 §6.1), separated by commas or spaces: https, or http of this machine.
func setAdminOrigins(c *Config, value string) error {
	var origins []string
	for _, item := range splitList(value) {
		u, err := url.Parse(item)
		if err != nil || identity.WebOrigin(item) != item || u.Scheme == "http" && !identity.Loopback(u.Hostname()) {
			return fmt.Errorf("%q is not an origin such as https://console.example.org", item)
		}
		origins = append(origins, item)
	}
	c.AdminOrigins = origins
	return nil
}

// setDatabaseURL never repeats the value, which may hold a password.
func setDatabaseURL(c *Config, value string) error {
	const want = "must be sqlite:PATH or postgres://user@host/database"
	if strings.HasPrefix(value, sqlitePrefix) {
		if sqlitePath(value) == "" {
			return errors.New(want)
		}
		c.DatabaseURL = Secret(value)
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Opaque != "" {
		return errors.New(want)
	}
	c.DatabaseURL = Secret(value)
	return nil
}

// setRedisURL never repeats the value, which may hold a password.
func setRedisURL(c *Config, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return errors.New("must be redis://host:port or rediss://host:port")
	}
	c.RedisURL = Secret(value)
	return nil
}

func setSecretKey(c *Config, value string) error {
	if err := checkSecretKey(value); err != nil {
		return err
	}
	c.SecretKey = Secret(value)
	return nil
}

func setSecretKeysOld(c *Config, value string) error {
	for i, item := range splitList(value) {
		if err := checkSecretKey(item); err != nil {
			return fmt.Errorf("key %d %w", i+1, err)
		}
		c.SecretKeysOld = append(c.SecretKeysOld, Secret(item))
	}
	return nil
}

// checkSecretKey refuses separators, so that every root key can later stand in the list of old ones.
func checkSecretKey(value string) error {
	if len(value) < MinSecretKey {
		return fmt.Errorf("must have at least %d bytes", MinSecretKey)
	}
	if len(splitList(value)) != 1 || strings.ContainsAny(value, ", \t\r\n") {
		return errors.New("must not contain spaces or commas; openssl rand -base64 32 makes a good one")
	}
	return nil
}
