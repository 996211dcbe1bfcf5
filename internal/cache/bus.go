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

// DegradedTTL is how long an entry may be served while invalidations of other nodes may be missed.
const DegradedTTL = 2 * time.Second

// Bus publishes to the other nodes which tags were invalidated here, and invalidates here what they publish. Without a
// Redis URL there are no other nodes; a change from outside, such as authly apply, is then seen after DegradedTTL. With
// one it is a Watcher that notices what is written without the bus.
//
// It is a failure detector too: each node publishes a heartbeat every second, and says when it leaves. One that misses
// some may be dead, or cut off from Redis and still writing. It is suspected then, and every other node serves entries
// for DegradedTTL only, for as long as it may take to notice such a node.
type Bus struct {
	versions     *Versions
	logger       *slog.Logger
	node         string
	keyPrefix    string
	client       *redis.Client // nil: none
	subscribed   atomic.Bool
	blind        atomic.Bool  // writes of others cannot be looked for: see Watcher
	suspectTicks atomic.Int64 // heartbeats for which a silent node remains suspected
	versionSeq   atomic.Int64 // numbers versions

	mu               sync.Mutex
	pending          []string       // invalidated tags that could not be published yet
	missedHeartbeats map[string]int // of each other node
}

// message is what nodes publish. One without tags is a heartbeat.
type message struct {
	Node    string   `json:"node"`
	Tags    []string `json:"names,omitempty"`
	Leaving bool     `json:"gone,omitempty"` // the node has stopped
}

// A node that has missed maxMissedHeartbeats is suspected for suspicionTicks heartbeats.
const (
	maxMissedHeartbeats = 4
	suspicionTicks      = 600
)

// NewBus connects to Redis when address is not empty; node tells the nodes apart, and issuer the deployments that share
// a Redis. The connection is made when it is needed.
func NewBus(address, issuer, node string, versions *Versions, logger *slog.Logger) (*Bus, error) {
	sum := sha256.Sum256([]byte(issuer))
	b := &Bus{
		versions: versions, logger: logger, node: node, keyPrefix: "authly:" + hex.EncodeToString(sum[:8]) + ":",
		missedHeartbeats: map[string]int{},
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

// LimitTTL shortens the lifetime of an entry while invalidations of other nodes may be missed.
func (b *Bus) LimitTTL(ttl time.Duration) time.Duration {
	if b.healthy() {
		return ttl
	}
	return min(ttl, DegradedTTL)
}

// healthy reports whether every invalidation of another node arrives here.
func (b *Bus) healthy() bool {
	return b.subscribed.Load() && b.suspectTicks.Load() == 0 && !b.blind.Load()
}

// InSync reports whether every invalidation of another node arrives here, and those of this node have been published.
func (b *Bus) InSync() bool {
	if !b.healthy() {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.pending) == 0
}

// newVersion returns a version that no tag has had before.
func (b *Bus) newVersion() string { return b.node + "." + strconv.FormatInt(b.versionSeq.Add(1), 36) }

// Invalidate invalidates the tags here at once and on the other nodes as soon as Redis has delivered it.
func (b *Bus) Invalidate(ctx context.Context, tags ...string) {
	if len(tags) == 0 {
		return
	}
	b.versions.Invalidate(tags...)
	if b.client == nil {
		return
	}
	b.mu.Lock()
	b.pending = append(b.pending, tags...)
	b.mu.Unlock()
	b.publishPending(context.WithoutCancel(ctx))
	// Once more: before it was published, an old response may have been fetched from Redis.
	b.versions.Invalidate(tags...)
}

// invalidateAll invalidates everything here and every response in Redis. Without Redis nothing is old enough to matter,
// and this node's own writes would empty its cache.
func (b *Bus) invalidateAll(ctx context.Context) {
	if b.client == nil {
		return
	}
	b.versions.InvalidateAll()
	b.Invalidate(ctx, allTag)
	b.versions.InvalidateAll() // an old response may have been fetched from Redis
}

// Close publishes what is pending: a command does not Run.
func (b *Bus) Close(ctx context.Context) {
	if b.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, heartbeatInterval)
	defer cancel()
	b.publishPending(ctx)
	_ = b.client.Close()
}

// publishPending publishes what is pending; what cannot be published stays for the next time.
func (b *Bus) publishPending(ctx context.Context) {
	b.mu.Lock()
	tags := b.pending
	b.pending = nil
	b.mu.Unlock()
	if len(tags) == 0 {
		return
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	err := b.publish(ctx, message{Node: b.node, Tags: tags})
	if err == nil {
		return
	}
	b.logger.WarnContext(ctx, "redis: cannot tell other nodes what has changed", "cause", err.Error())
	b.mu.Lock()
	b.pending = append(tags, b.pending...)
	b.mu.Unlock()
}

// publish changes the versions of the tags and tells the other nodes, in one round trip and in this order: a node that
// has received it finds no response of before.
func (b *Bus) publish(ctx context.Context, m message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = b.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, tag := range m.Tags {
			if !isLocalTag(tag) {
				p.Set(ctx, b.keyPrefix+versionPrefix+tag, b.newVersion(), versionTTL)
			}
		}
		return p.Publish(ctx, b.keyPrefix+channel, text).Err()
	})
	return err
}

// heartbeatInterval is also how soon a lost connection is tried again, and how often what could not be published is.
const heartbeatInterval = time.Second

// Run subscribes to the other nodes until ctx ends.
func (b *Bus) Run(ctx context.Context) error {
	if b.client == nil {
		<-ctx.Done()
		return nil
	}
	defer func() { _ = b.client.Close() }()
	ticker := time.NewTicker(heartbeatInterval)
	defer ticker.Stop()
	defer b.announceLeaving(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		if err := b.subscribe(ctx, ticker); err != nil && ctx.Err() == nil {
			b.logger.WarnContext(ctx, "redis: not listening to other nodes", "cause", err.Error())
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return nil
}

// announceLeaving publishes what is pending and that this node stops, so that it is not suspected.
func (b *Bus) announceLeaving(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, heartbeatInterval)
	defer cancel()
	b.publishPending(ctx)
	_ = b.publish(ctx, message{Node: b.node, Leaving: true})
}

// subscribe receives from the other nodes as long as the connection lasts. What was invalidated before it stood is not
// known, so nothing from before is served.
func (b *Bus) subscribe(ctx context.Context, ticker *time.Ticker) error {
	subscription := b.client.Subscribe(ctx, b.keyPrefix+channel)
	defer func() { _ = subscription.Close() }()
	defer b.subscribed.Store(false)
	if _, err := subscription.Receive(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	for node := range b.missedHeartbeats {
		b.missedHeartbeats[node] = -maxMissedHeartbeats // they have to come back too
	}
	b.mu.Unlock()
	b.versions.InvalidateAll()
	b.subscribed.Store(true)
	broken := make(chan error, 1)
	go func() { broken <- b.receive(ctx, subscription) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-broken:
			return err
		case <-ticker.C:
			b.publishPending(ctx)
			b.heartbeat(ctx)
			// A connection that died without a word would otherwise go unnoticed.
			if err := subscription.Ping(ctx); err != nil {
				_ = subscription.Close()
				return err
			}
		}
	}
}

// receive invalidates what the other nodes publish until the subscription breaks.
func (b *Bus) receive(ctx context.Context, subscription *redis.PubSub) error {
	for {
		received, err := subscription.ReceiveTimeout(ctx, 3*heartbeatInterval)
		if err != nil {
			return err
		}
		published, ok := received.(*redis.Message)
		if !ok {
			continue // the reply to a ping
		}
		var m message
		if err := json.Unmarshal([]byte(published.Payload), &m); err != nil {
			b.versions.InvalidateAll() // something has changed, and there is no telling what
			continue
		}
		if m.Node == b.node {
			continue
		}
		b.mu.Lock()
		// A command such as authly apply publishes tags only, and no heartbeats.
		if _, known := b.missedHeartbeats[m.Node]; known || len(m.Tags) == 0 {
			b.missedHeartbeats[m.Node] = 0
		}
		if m.Leaving {
			delete(b.missedHeartbeats, m.Node)
		}
		b.mu.Unlock()
		b.versions.Invalidate(m.Tags...)
	}
}

// heartbeat publishes one and looks for nodes that have missed too many. What one of them has written last may not have
// been published.
func (b *Bus) heartbeat(ctx context.Context) {
	_ = b.publish(ctx, message{Node: b.node}) // the caller notices a lost connection by its ping
	if left := b.suspectTicks.Load(); left > 0 {
		b.suspectTicks.Store(left - 1)
	}
	suspects := 0
	b.mu.Lock()
	for node, missed := range b.missedHeartbeats {
		b.missedHeartbeats[node] = missed + 1
		if missed >= maxMissedHeartbeats {
			delete(b.missedHeartbeats, node)
			suspects++
		}
	}
	b.mu.Unlock()
	if suspects == 0 {
		return
	}
	b.logger.WarnContext(ctx, "redis: nodes have fallen silent; responses are cached for a short time only", "nodes", suspects)
	b.suspectTicks.Store(suspicionTicks)
	b.versions.InvalidateAll()
	_ = b.publish(ctx, message{Node: b.node, Tags: []string{allTag}})
}

// Ping asks Redis for a response; nil when there is none to ask.
func (b *Bus) Ping(ctx context.Context) error {
	if b.client == nil {
		return nil
	}
	return b.client.Ping(ctx).Err()
}
