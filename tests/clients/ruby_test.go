package clients

import "testing"

func rails(t *testing.T, s section) {
	g := newGuide(t, s, withTLS) // discovery of this gem is by https only
	g.apt()
	g.start("puma", "-b", "tcp://"+g.address, "-e", "development", "-t", "1:2", "config.ru")
	b := g.browser()
	b.Get(g.url("/"))
	b.Submit("sign-in", nil)
	g.shows(g.fill(b), "Alice Adams", "alice@example.org")
}
