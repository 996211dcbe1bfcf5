package identity_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

func TestMeter(t *testing.T) {
	t.Parallel()
	m := identity.NewMeter(start)
	wantSame(t, m.Read(), identity.Usage{Since: start, Tokens: map[identity.GrantType]int{}})
	for i := range 12 { // client i: i+1 requests of i milliseconds, the even ones refused
		for range i + 1 {
			m.Token(fmt.Sprintf("client%02d", i), identity.GrantClientCredentials, i%2 == 0, time.Duration(i)*time.Millisecond)
		}
	}
	got := m.Read()
	wantSame(t, got.Tokens, map[identity.GrantType]int{identity.GrantClientCredentials: 2 + 4 + 6 + 8 + 10 + 12})
	wantSame(t, len(got.Slowest), 10)
	wantSame(t, got.Slowest[0], identity.ClientUsage{ClientID: "client11", Requests: 12, Time: 12 * 11 * time.Millisecond})
	wantSame(t, got.Slowest[0].Mean(), 11*time.Millisecond)
	wantSame(t, len(got.Refused), 6)
	wantSame(t, got.Refused[0], identity.ClientUsage{ClientID: "client10", Requests: 11, Refusals: 11, Time: 11 * 10 * time.Millisecond})
	wantSame(t, identity.ClientUsage{}.Mean(), 0*time.Second)
}

func TestMeterTiesAreInOrder(t *testing.T) {
	t.Parallel()
	m := identity.NewMeter(start)
	for _, id := range []string{"c", "a", "b"} {
		m.Token(id, identity.GrantRefreshToken, true, time.Second)
	}
	got := m.Read()
	for _, list := range [][]identity.ClientUsage{got.Slowest, got.Refused} {
		wantSame(t, []string{list[0].ClientID, list[1].ClientID, list[2].ClientID}, []string{"a", "b", "c"})
	}
}

func TestNoMeter(t *testing.T) {
	t.Parallel()
	var m *identity.Meter
	m.Token("app", identity.GrantRefreshToken, false, time.Second)
	wantSame(t, m.Read(), identity.Usage{})
}

func TestMeterCountsAtOnceAndKeepsWithinBounds(t *testing.T) {
	t.Parallel()
	m := identity.NewMeter(start)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 2_000 {
				m.Token(fmt.Sprintf("client%d-%d", i, j), identity.GrantPassword, false, 0)
				_ = m.Read
			}
		})
	}
	all.Wait()
	wantSame(t, m.Read().Tokens[identity.GrantPassword], 10_000) // as many clients as are counted
}

func BenchmarkMeter(b *testing.B) {
	m := identity.NewMeter(start)
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			m.Token("app", identity.GrantRefreshToken, false, time.Millisecond)
		}
	})
}
