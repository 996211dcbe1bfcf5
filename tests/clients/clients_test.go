package clients

import (
	"testing"
	"time"
)

// client is the test of one section.
type client struct {
	long bool // only with -all
	run  func(t *testing.T, s section)
}

var clientTests = map[string]client{
	"Express: sign-in":                      {run: expressLogin},
	"Express: API":                          {run: expressAPI},
	"Passport":                              {run: passport},
	"Auth.js":                               {run: authJS},
	"Flask with Authlib: sign-in":           {run: flaskLogin},
	"Flask with Authlib: API":               {run: flaskAPI},
	"Django":                                {run: django},
	"Go: sign-in":                           {run: goLogin},
	"Go: API":                               {run: goAPI},
	"Go: the admin API with genqlient":      {run: genqlient},
	"nginx: API":                            {run: nginxAPI},
	"Apache: sign-in with mod_auth_openidc": {run: apacheLogin},
	"Apache: API with mod_oauth2":           {run: apacheAPI},
	"HAProxy":                               {run: haproxy},
	"Dovecot":                               {run: dovecot},
	"Grafana":                               {run: grafana},
	"Rails":                                 {long: true, run: rails},
	"Kubernetes":                            {long: true, run: kubernetes},
	"Spring Boot: sign-in":                  {long: true, run: springLogin},
	"Spring Boot: API":                      {long: true, run: springAPI},
}

// TestTheClientsOfThePage runs every section of docs/clients.md.
func TestTheClientsOfThePage(t *testing.T) {
	t.Parallel()
	sections := readPage(t)
	found := map[string]bool{}
	for _, s := range sections {
		found[s.name] = true
		test, tested := clientTests[s.name]
		if !tested {
			t.Errorf("nothing runs %q", s.name)
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			if test.long && !*all {
				t.Skip("takes minutes to install: make clients runs it")
			}
			t.Parallel()
			start := time.Now()
			test.run(t, s)
			t.Logf("%s: %s", s.name, time.Since(start).Round(100*time.Millisecond))
		})
	}
	for name := range clientTests {
		if !found[name] {
			t.Errorf("docs/clients.md has no section %q", name)
		}
	}
}
