package config

import (
	"slices"
	"strings"
	"testing"
)

// anchors is a file of trust anchors.
const anchors = `{"https://anchor.example":{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}}`

// TestAFederationNeedsAllOfIt: each variable says what it needs, and nothing that would look configured is overlooked.
func TestAFederationNeedsAllOfIt(t *testing.T) {
	t.Parallel()
	given := func(text string) string { return federationAnchors + "=" + write(t, "anchors.json", text) }
	key, hints := federationKey+"=key.pem", federationHints+"=https://anchor.example"
	many := make([]string, maxAuthorityHints+1)
	for i := range many {
		many[i] = "https://anchor.example/" + strings.Repeat("x", i)
	}
	c := load(t, Sources{Env: []string{given(anchors), key, hints + ",https://org.example/a"}})
	if f := c.OpenIDFederation; len(f.Anchors) != 1 || f.KeyFile != "key.pem" || !slices.Equal(f.AuthorityHints, []string{"https://anchor.example", "https://org.example/a"}) {
		t.Errorf("%+v", f)
	}
	if c := load(t, Sources{}); c.OpenIDFederation.Anchors != nil || c.OpenIDFederation.AuthorityHints != nil {
		t.Errorf("%+v", c.OpenIDFederation)
	}
	load(t, Sources{Env: []string{given(anchors), key, federationHints + "=" + strings.Join(many[:maxAuthorityHints], ",")}})
	for name, c := range map[string]struct {
		env    []string
		faults []string
	}{
		"anchors alone":       {[]string{given(anchors)}, []string{federationHints, federationKey}},
		"no anchors":          {[]string{key, hints}, []string{federationAnchors}},
		"no key":              {[]string{given(anchors), hints}, []string{federationKey}},
		"no hints":            {[]string{given(anchors), key}, []string{federationHints}},
		"no file":             {[]string{federationAnchors + "=/nowhere.json", key, hints}, []string{federationAnchors}},
		"no JSON":             {[]string{given("x"), key, hints}, []string{federationAnchors}},
		"nobody":              {[]string{given("{}"), key, hints}, []string{federationAnchors}},
		"an anchor by http":   {[]string{given(strings.Replace(anchors, "https", "http", 1)), key, hints}, []string{federationAnchors}},
		"an anchor by a name": {[]string{given(strings.Replace(anchors, "https://", "", 1)), key, hints}, []string{federationAnchors}},
		"no keys":             {[]string{given(`{"https://anchor.example":{"keys":[]}}`), key, hints}, []string{federationAnchors}},
		"a private key":       {[]string{given(strings.Replace(anchors, `"kid"`, `"d":"x","kid"`, 1)), key, hints}, []string{federationAnchors}},
		"a hint by http":      {[]string{given(anchors), key, federationHints + "=http://anchor.example"}, []string{federationHints}},
		"too many hints":      {[]string{given(anchors), key, federationHints + "=" + strings.Join(many, ",")}, []string{federationHints}},
	} {
		var got []string
		for _, fault := range loadFaults(t, Sources{Env: c.env}) {
			got = append(got, fault.Variable)
		}
		if slices.Sort(got); !slices.Equal(got, c.faults) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
