package keys

import (
	"strings"
	"testing"
)

// TestTheBoundOfAToken: what is longer is not looked at.
func TestTheBoundOfAToken(t *testing.T) {
	if !compact(strings.Repeat("a", maxToken)) || compact(strings.Repeat("a", maxToken+1)) {
		t.Errorf("the bound is not %d bytes", maxToken)
	}
	for c := range 256 {
		want := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", byte(c)) >= 0
		if compact("a"+string([]byte{byte(c)})) != want {
			t.Errorf("a token with the byte %#x: %v", c, !want)
		}
	}
	if cost := testing.AllocsPerRun(10, func() { compact(strings.Repeat("a", maxToken)) }); cost > 1 {
		t.Errorf("%.0f allocations for the largest token", cost)
	}
}
