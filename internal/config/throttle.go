package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ThrottleRate is how often something may be tried: Burst at once, and one more per Interval.
type ThrottleRate struct {
	Burst    int
	Interval time.Duration
}

// Throttle is what an operator changes of the limits.
type Throttle struct {
	Off   bool // there are none
	Rates map[string]ThrottleRate
}

// throttleNames are the limits that can be changed.
var throttleNames = []string{
	"browser", "own_network", "pair", "pair_strict", "account", "account_strict", "network", "wide_network", "session", "session_end",
	"second_factor", "second_factor_strict", "second_factor_browser", "recovery_code", "passkey",
	"mail_pair", "mail", "mails", "mail_own", "mail_network",
	"self_export",
	"device", "device_poll", "user_code", "user_codes",
	"backchannel", "backchannel_user", "backchannel_unknown", "backchannel_poll", "client_registration", "client_registrations",
	"many_accounts", "unknown_names", "episodes", "client", "clients", "failures",
	"anonymous",
}

// setThrottle reads name=burst/interval, separated by commas or spaces, or "off".
func setThrottle(c *Config, value string) error {
	if value == "off" {
		c.Throttle.Off = true
		return nil
	}
	rates := map[string]ThrottleRate{}
	for _, item := range splitList(value) {
		name, rate, err := parseThrottle(item)
		if err != nil {
			return err
		}
		if _, twice := rates[name]; twice {
			return fmt.Errorf("%s is given twice", name)
		}
		rates[name] = rate
	}
	c.Throttle.Rates = rates
	return nil
}

func parseThrottle(item string) (string, ThrottleRate, error) {
	name, text, _ := strings.Cut(item, "=")
	if !slices.Contains(throttleNames, name) {
		return "", ThrottleRate{}, fmt.Errorf("%q is not one of %s", name, strings.Join(throttleNames, ", "))
	}
	burst, interval, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(burst)
	if !ok || err != nil || n < 1 || n > 1_000_000 {
		return "", ThrottleRate{}, fmt.Errorf("%q is not burst/interval such as 50/6s, with a burst from 1 to 1000000", text)
	}
	d, err := parseDuration(interval)
	if err != nil {
		return "", ThrottleRate{}, err
	}
	if d < time.Microsecond || d > 30*day {
		return "", ThrottleRate{}, fmt.Errorf("the interval %s is not between 1us and 30d", interval)
	}
	return name, ThrottleRate{n, d}, nil
}
