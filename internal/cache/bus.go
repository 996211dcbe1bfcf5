package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Unheard is how long an answer may be served while bumps of other nodes may not be heard.
const Unheard = 2 * time.Second

// Bus tells the other nodes what was bumped, and bumps here what they tell. Without a Redis URL there are no other
// nodes to hear; a change from outside, such as authly apply, is then seen after Unheard.
//
// Each node gives a sign of life every second, and says goodbye. One that falls silent may be dead, or cut off from
// Redis and still writing: nobody is sure to hear it then, for as long as it may take to notice such a node.
type Bus struct {
	versions *Versions
	logger   *slog.Logger
	node     string
	space    string        // prefix of all keys
	client   *redis.Client // nil: none
	hearing  atomic.Bool
	doubts   atomic.Int64 // ticks for which a silent node is doubted
	told     atomic.Int64 // numbers versions

	mu      sync.Mutex
	pending []string       // bumps that could not be told yet
	peers   map[string]int // other nodes: for how many ticks they have been silent
}

// message is what nodes tell each other. One without names is a sign of life.
type message struct {
	Node  string   `json:"node"`
	Names []string `json:"names,omitempty"`
	Gone  bool     `json:"gone,omitempty"` // the node has stopped
}

// A node that was silent for silence ticks of retry is doubted for doubt ticks.
const (
	silence = 4
	doubt   = 600
)

// NewBus connects to Redis when address is not empty; node tells the nodes apart, and issuer the deployments that share
// a Redis. The connection is made when it is needed.
func NewBus(address, issuer, node string, versions *Versions, logger *slog.Logger) (*Bus, error) {
	sum := sha256.Sum256([]byte(issuer))
	b := &Bus{
		versions: versions, logger: logger, node: node, space: "authly:" + hex.EncodeToString(sum[:8]) + ":", peers: map[string]int{},
	}
	if address == "" {
		return b, nil
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = 2*time.Second, time.Second, time.Second
	options.MaxRetries = 1
	options.ContextTimeoutEnabled = true
	b.client = redis.NewClient(options)
	return b, nil
}

// Limit shortens the lifetime of an answer while bumps of other nodes may not be heard.
func (b *Bus) Limit(life time.Duration) time.Duration {
	if b.sure() {
		return life
	}
	return min(life, Unheard)
}

// sure reports whether every bump is heard here.
func (b *Bus) sure() bool { return b.hearing.Load() && b.doubts.Load() == 0 }

// Heard reports whether every bump is heard here, and those of this node are told.
func (b *Bus) Heard() bool {
	if !b.sure() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.pending) == 0
}

// version is one that no name has had before.
func (b *Bus) version() string { return b.node + "." + strconv.FormatInt(b.told.Add(1), 36) }

// Bump bumps the names here at once and on the other nodes as soon as Redis has told them.
func (b *Bus) Bump(ctx context.Context, names ...string) {
	if len(names) == 0 {
		return
	}
	b.versions.Bump(names...)
	if b.client == nil {
		return
	}
	b.mu.Lock()
	b.pending = append(b.pending, names...)
	b.mu.Unlock()
	b.tell(context.WithoutCancel(ctx))
	// Once more: before Redis was told, an old answer may have been fetched from there.
	b.versions.Bump(names...)
}

// tell publishes what is pending; what cannot be told stays for the next time.
func (b *Bus) tell(ctx context.Context) {
	b.mu.Lock()
	names := b.pending
	b.pending = nil
	b.mu.Unlock()
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	names = slices.Compact(names)
	err := b.publish(ctx, message{Node: b.node, Names: names})
	if err == nil {
		return
	}
	b.logger.WarnContext(ctx, "redis: cannot tell other nodes what has changed", "cause", err.Error())
	b.mu.Lock()
	b.pending = append(names, b.pending...)
	b.mu.Unlock()
}

// publish changes the versions of the names and tells the other nodes, in one round trip and in this order: who has
// heard it finds no answer of before.
func (b *Bus) publish(ctx context.Context, m message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = b.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, name := range m.Names {
			if !local(name) {
				p.Set(ctx, b.space+versionPrefix+name, b.version(), versionLife)
			}
		}
		return p.Publish(ctx, b.space+channel, text).Err()
	})
	return err
}

// retry is how soon a lost connection is tried again, and how often what could not be told is told again.
const retry = time.Second

// Run listens to the other nodes until ctx ends.
func (b *Bus) Run(ctx context.Context) error {
	if b.client == nil {
		<-ctx.Done()
		return nil
	}
	defer func() { _ = b.client.Close() }()
	ticker := time.NewTicker(retry)
	defer ticker.Stop()
	defer b.leave(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		if err := b.listen(ctx, ticker); err != nil && ctx.Err() == nil {
			b.logger.WarnContext(ctx, "redis: not listening to other nodes", "cause", err.Error())
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}

// leave tells what is pending and says goodbye.
func (b *Bus) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, retry)
	defer cancel()
	b.tell(ctx)
	_ = b.publish(ctx, message{Node: b.node, Gone: true})
}

// listen hears the other nodes as long as the connection lasts. What was bumped before it stood is not known, so
// nothing from before is served.
func (b *Bus) listen(ctx context.Context, ticker *time.Ticker) error {
	subscription := b.client.Subscribe(ctx, b.space+channel)
	defer func() { _ = subscription.Close() }()
	defer b.hearing.Store(false)
	if _, err := subscription.Receive(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	for node := range b.peers {
		b.peers[node] = -silence // they have to come back too
	}
	b.mu.Unlock()
	b.versions.BumpAll()
	b.hearing.Store(true)
	heard := make(chan error, 1)
	go func() { heard <- b.hear(ctx, subscription) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-heard:
			return err
		case <-ticker.C:
			b.tell(ctx)
			b.watch(ctx)
			// A connection that died without a word would otherwise go unnoticed.
			if err := subscription.Ping(ctx); err != nil {
				_ = subscription.Close()
				return err
			}
		}
	}
}

func (b *Bus) hear(ctx context.Context, subscription *redis.PubSub) error {
	for {
		received, err := subscription.ReceiveTimeout(ctx, 3*retry)
		if err != nil {
			return err
		}
		told, ok := received.(*redis.Message)
		if !ok {
			continue // the answer to a ping
		}
		var m message
		if err := json.Unmarshal([]byte(told.Payload), &m); err != nil {
			b.versions.BumpAll() // something has changed, but not to be told what
			continue
		}
		if m.Node == b.node {
			continue
		}
		b.mu.Lock()
		if _, known := b.peers[m.Node]; known || len(m.Names) == 0 { // a command such as authly apply only tells, and gives no sign of life
			b.peers[m.Node] = 0
		}
		if m.Gone {
			delete(b.peers, m.Node)
		}
		b.mu.Unlock()
		b.versions.Bump(m.Names...)
	}
}

// watch returns a sign of life and looks for nodes that give none any more. What one of them has written last may not
// have been told.
func (b *Bus) watch(ctx context.Context) {
	_ = b.publish(ctx, message{Node: b.node}) // a connection that is lost shows below
	if left := b.doubts.Load(); left > 0 {
		b.doubts.Store(left - 1)
	}
	var silent []string
	b.mu.Lock()
	for node, ticks := range b.peers {
		b.peers[node] = ticks + 1
		if ticks >= silence {
			delete(b.peers, node)
			silent = append(silent, node)
		}
	}
	b.mu.Unlock()
	if len(silent) == 0 {
		return
	}
	b.logger.WarnContext(ctx, "redis: nodes have fallen silent; answers are kept for a short time only", "nodes", len(silent))
	b.doubts.Store(doubt)
	b.versions.BumpAll()
	_ = b.publish(ctx, message{Node: b.node, Names: []string{everything}})
}

// Ping asks Redis for a sign of life; nil when there is none to ask.
func (b *Bus) Ping(ctx context.Context) error {
	if b.client == nil {
		return nil
	}
	return b.client.Ping(ctx).Err()
}
