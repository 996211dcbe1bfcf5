package config

import (
	"slices"
	"testing"
)

// TestNobodyRegistersWithoutMail: neither from the start nor by what is stored.
func TestNobodyRegistersWithoutMail(t *testing.T) {
	t.Parallel()
	faults := loadFaults(t, Sources{Env: []string{"AUTHLY_REGISTRATION=open"}})
	if len(faults) != 1 || faults[0].Variable != "AUTHLY_REGISTRATION" {
		t.Errorf("open without mail: %v", faults)
	}
	for _, test := range []struct {
		env  []string
		mode string
		good bool
	}{
		{nil, "open", false},
		{nil, "closed", true},
		{[]string{"AUTHLY_SMTP_URL=log:"}, "open", true},
		{[]string{"AUTHLY_SMTP_URL=log:"}, "ajar", false},
	} {
		c := load(t, Sources{Env: test.env})
		if err := c.CheckSetting("AUTHLY_REGISTRATION", test.mode); (err == nil) != test.good {
			t.Errorf("%s, started with %v: %v", test.mode, test.env, err)
		}
	}
}

func TestDomainsOfAddressesAreInLowerCase(t *testing.T) {
	t.Parallel()
	c := load(t, Sources{Env: []string{"AUTHLY_REGISTRATION_DOMAINS=Example.org, *.EXAMPLE.com"}})
	if want := []string{"example.org", "*.example.com"}; !slices.Equal(c.RegistrationDomains, want) {
		t.Errorf("got %v, want %v", c.RegistrationDomains, want)
	}
}
