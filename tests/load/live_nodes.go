package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authly/authly/identity"
)

// pair is two nodes on one database, of which one dies.
type pair struct {
	stays, dies node
	dead        atomic.Bool
	listening   sync.WaitGroup
	abandon     context.CancelFunc // of those who listen
}

// node is a server with what it was started with.
type node struct {
	*server
	program
}

// verify proves that the trail is whole, as the chain has it that the listeners were told.
func (n node) verify(ctx context.Context, stderr io.Writer) error {
	return n.command(ctx, "", stderr, "audit", "verify")
}

func startPair(ctx context.Context, program program, databaseURL, redis string, stderr io.Writer) (*pair, error) {
	first, err := program.on(databaseURL)
	if err != nil {
		return nil, err
	}
	second, err := program.on(databaseURL)
	if err != nil {
		return nil, err
	}
	shared := []string{"AUTHLY_ISSUER=" + first.base}
	if redis != "" {
		shared = append(shared, "AUTHLY_REDIS_URL="+redis)
	}
	first.env, second.env = slices.Concat(first.env, shared), slices.Concat(second.env, shared)
	second.path, err = second.twin()
	if err != nil {
		return nil, err
	}
	if err := first.command(ctx, "", stderr, "migrate", "up"); err != nil {
		return nil, err
	}
	if err := first.command(ctx, liveDeclaration(), stderr, "apply", "-f", "-"); err != nil {
		return nil, err
	}
	p := &pair{abandon: func() {}}
	p.stays.program, p.dies.program = first, second
	if p.stays.server, _, err = first.start(ctx); err != nil {
		return nil, err
	}
	if p.dies.server, _, err = second.start(ctx); err != nil {
		return nil, fmt.Errorf("start the second node: %w, %w", err, p.stays.stop())
	}
	return p, nil
}

// twin links the program under another name, next to which the server writes its log.
func (p program) twin() (string, error) {
	path := p.path + "-twin"
	if err := os.Link(p.path, path); err != nil && !os.IsExist(err) {
		return "", fmt.Errorf("link the program: %w", err)
	}
	return path, nil
}

func liveClient(i int) string { return fmt.Sprintf("listener%d", i) }

// liveDeclaration is what authly apply gets.
func liveDeclaration() string {
	var clients []string
	for i := range liveCallers {
		clients = append(clients, fmt.Sprintf("{client_id: %s, client_name: Listener, client_secret: %s, grant_types: [client_credentials], "+
			"response_types: [], scope: %q, service_admin: true}", liveClient(i), clientSecret, identity.ScopeAuditRead))
	}
	return "clients: [" + strings.Join(clients, ", ") + "]\n"
}

// listeners opens all streams, half of them at each node, and returns when all have begun.
func (p *pair) listeners(ctx context.Context, written *writing) ([]*listener, error) {
	ctx, p.abandon = context.WithCancel(ctx)
	client := newConnection(p.stays.server.base)
	var all []*listener
	var begun sync.WaitGroup
	for i := range liveListeners {
		t, err := client.token(ctx, liveClient(i%liveCallers), url.Values{
			"grant_type": {"client_credentials"}, "scope": {identity.ScopeAuditRead},
		})
		if err != nil {
			return nil, err
		}
		l := newListener(t.Access, written, 1_000+i*97)
		begun.Add(1)
		begin := sync.OnceFunc(begun.Done)
		all = append(all, l)
		p.listening.Go(func() { l.listen(ctx, p, i/liveCallers == 0, begin) })
	}
	begun.Wait()
	return all, ctx.Err()
}

// at is where a listener connects: to its own node while that lives.
func (p *pair) at(own bool) string {
	if own && !p.dead.Load() {
		return p.dies.server.base
	}
	return p.stays.server.base
}

// finish waits until all have heard everything, or have had enough time, and tells how many seconds that took.
func (p *pair) finish(listeners []*listener, events int) float64 {
	began := time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	behind := func(l *listener) bool { return int(l.heard.Load()) < events }
	for slices.ContainsFunc(listeners, behind) && time.Since(began) < mostCatchUp {
		<-tick.C
	}
	took := time.Since(began).Seconds()
	p.abandon()
	p.listening.Wait()
	return took
}

// clocks are processor times so far.
type clocks struct{ node, other, database, self time.Duration }

func (p *pair) clocks(db *database) (c clocks, err error) {
	if c.node, err = p.stays.cpu(); err != nil {
		return c, err
	}
	if !p.dead.Load() {
		if c.other, err = p.dies.cpu(); err != nil {
			return c, err
		}
	}
	if c.database, err = db.cpu(); err != nil {
		return c, err
	}
	c.self, err = processCPU(os.Getpid())
	return c, err
}
