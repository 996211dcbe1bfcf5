package identity

import "testing"

func TestReceiversOfOneHostShareALane(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"https://rp.example/logout": "rp.example:443", "https://RP.Example:443/other?x=y": "rp.example:443",
		"https://rp.example./logout": "rp.example:443", "https://rp.example:8443/": "rp.example:8443", "http://rp.example": "rp.example:80",
		"https://[2001:DB8::1]/": "[2001:db8::1]:443", "https://other.rp.example": "other.rp.example:443", "%": "",
	} {
		if job, err := (logout{URI: uri}).job(SystemSource()); err != nil || job.Lane != want {
			t.Errorf("%s: lane %q, want %q (%v)", uri, job.Lane, want, err)
		}
	}
}
