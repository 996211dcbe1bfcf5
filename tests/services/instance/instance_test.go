package instance_test

import (
	"context"
	"net"
	"net/url"
	"testing"

	"github.com/authly/authly/tests/services/instance"
)

func TestAServerComesBackOnTheSamePortAfterACrash(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(context.Context, string) (*instance.Instance, error){
		"PostgreSQL": instance.StartPostgres,
		"Redis":      instance.StartRedis,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := start(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(i.Close)
			if !answers(t, i.URL) {
				t.Fatal("the new server does not answer")
			}
			for name, end := range map[string]func(){"Kill": i.Kill, "Stop": i.Stop} {
				end()
				if answers(t, i.URL) {
					t.Fatalf("the server answers after %s", name)
				}
				if err := i.Start(t.Context()); err != nil {
					t.Fatalf("start after %s: %v", name, err)
				}
				if !answers(t, i.URL) {
					t.Fatalf("the server does not answer after %s and Start", name)
				}
			}
		})
	}
}

func answers(t *testing.T, address string) bool {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
