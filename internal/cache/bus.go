package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// channel carries the names that nodes bump.
const channel = "authly:changed"

// Unheard is how long an answer may be served while bumps of other nodes may not be heard.
const Unheard = 2 * time.Second

// Bus tells the other nodes what was bumped, and bumps here what they tell. Without a Redis URL there are no other nodes to hear; a change from outside,
// such as authly apply, is then seen after Unheard.
type Bus struct {
	versions *Versions
	logger   *slog.Logger
	node     string
	client   *redis.Client // nil: none
	hearing  atomic.Bool

	mu      sync.Mutex
	pending []string // bumps that could not be told yet
}

type message struct {
	Node  string   `json:"node"`
	Names []string `json:"names"`
}

// NewBus connects to Redis when address is not empty; node tells the nodes apart. The connection is made when it is needed.
func NewBus(address, node string, versions *Versions, logger *slog.Logger) (*Bus, error) {
	b := &Bus{versions: versions, logger: logger, node: node}
	if address == "" {
		return b, nil
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = 2*time.Second, time.Second, time.Second
	options.MaxRetries = 1
	b.client = redis.NewClient(options)
	return b, nil
}

// Limit shortens the lifetime of an answer while bumps of other nodes may not be heard.
func (b *Bus) Limit(life time.Duration) time.Duration {
	if b.hearing.Load() {
		return life
	}
	return min(life, Unheard)
}

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
	text, err := json.Marshal(message{Node: b.node, Names: names})
	if err == nil {
		err = b.client.Publish(ctx, channel, text).Err()
	}
	if err == nil {
		return
	}
	b.logger.WarnContext(ctx, "redis: cannot tell other nodes what has changed", "cause", err.Error())
	b.mu.Lock()
	b.pending = append(names, b.pending...)
	b.mu.Unlock()
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

// listen hears the other nodes as long as the connection lasts. What was bumped before it stood is not known, so nothing from before
// is served.
func (b *Bus) listen(ctx context.Context, ticker *time.Ticker) error {
	subscription := b.client.Subscribe(ctx, channel)
	defer func() { _ = subscription.Close() }()
	defer b.hearing.Store(false)
	if _, err := subscription.Receive(ctx); err != nil {
		return err
	}
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
		if m.Node != b.node {
			b.versions.Bump(m.Names...)
		}
	}
}

// Ping asks Redis for a sign of life; nil when there is none to ask.
func (b *Bus) Ping(ctx context.Context) error {
	if b.client == nil {
		return nil
	}
	return b.client.Ping(ctx).Err()
}
