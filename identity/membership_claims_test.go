package identity

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhatDoesNotFitIntoATokenIsAbsent: one value or byte more than the bound, and only that claim.
func TestWhatDoesNotFitIntoATokenIsAbsent(t *testing.T) {
	t.Parallel()
	values := func(n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint("/", i)
		}
		return list
	}
	wide := []string{strings.Repeat("x", maxClaimBytes-len(`"",`))}
	for name, c := range map[string]struct {
		groups, roles []string
		fits          bool
	}{
		"nothing":        {[]string{}, []string{}, true},
		"not granted":    {nil, nil, true},
		"at the bound":   {values(maxClaimValues), []string{"a"}, true},
		"one value more": {values(maxClaimValues + 1), []string{"a"}, false},
		"all bytes":      {wide, []string{"a"}, true},
		"one byte more":  {[]string{wide[0] + "x"}, []string{"a"}, false},
	} {
		got := MembershipClaims{Groups: c.groups, Roles: c.roles}.bounded()
		if got.Overage == c.fits || c.fits != (len(got.Groups) == len(c.groups)) || len(got.Roles) != len(c.roles) ||
			!c.fits && got.Groups != nil {
			t.Errorf("%s: %d groups, %d roles, overage %v", name, len(got.Groups), len(got.Roles), got.Overage)
		}
	}
	if text := fmt.Sprint(MembershipClaims{Roles: []string{}}.values()); text != "map[roles:[]]" {
		t.Error(text)
	}
}
