package cache

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// The keys in Redis, behind the prefix of the deployment: a response, the version of a tag that responses depend on,
// and the channel on which invalidations are published.
const (
	entryPrefix   = "answer:"
	versionPrefix = "version:"
	channel       = "changed"
)

// allTag is a tag of every response in Redis. It is invalidated when a node is suspected.
const allTag = "*"

// versionTTL is how long a version lives after its last change: longer than any response. One that is gone is made
// anew, never the same.
const versionTTL = 2 * maxTTL

// redisTimeout is how long Redis may take over one response before it is read from the database.
const redisTimeout = 50 * time.Millisecond

// isLocalTag reports whether no response in Redis depends on a tag, so that it needs no version there.
func isLocalTag(tag string) bool {
	for _, prefix := range []string{"grant:", "jti:", "session:", "client:"} {
		if strings.HasPrefix(tag, prefix) {
			return true
		}
	}
	return false
}

// redisEntry is the entry of one response in Redis, under the versions of the moment when it was looked up.
type redisEntry struct {
	bus     *Bus
	key     string
	binding string // what the ciphertext is bound to; empty when the versions are not known
	sealed  []byte // nil: there is none
}

// readEntry looks up a response and the versions of its tags, in one round trip.
func (b *Bus) readEntry(ctx context.Context, key string, tags []string) redisEntry {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	e := redisEntry{bus: b, key: b.keyPrefix + entryPrefix + key}
	keys := []string{e.key, b.keyPrefix + versionPrefix + allTag}
	for _, tag := range tags {
		keys = append(keys, b.keyPrefix+versionPrefix+tag)
	}
	values, err := b.client.MGet(ctx, keys...).Result()
	if err != nil {
		return e
	}
	if sealed, ok := values[0].(string); ok {
		e.sealed = []byte(sealed)
	}
	bound := []string{e.key}
	for i, value := range values[1:] {
		version, ok := value.(string)
		if !ok {
			if version, ok = b.firstVersion(ctx, keys[i+1]); !ok {
				return e
			}
		}
		bound = append(bound, version)
	}
	e.binding = strings.Join(bound, "\n")
	return e
}

// firstVersion sets the first version of a tag without one and returns it, or the one that another node has just set.
func (b *Bus) firstVersion(ctx context.Context, key string) (string, bool) {
	first := b.newVersion()
	if made, err := b.client.SetNX(ctx, key, first, versionTTL).Result(); err != nil {
		return "", false
	} else if made {
		return first, true
	}
	version, err := b.client.Get(ctx, key).Result()
	return version, err == nil
}

// open returns the response and when it was read, if it was stored under the same versions.
func (e redisEntry) open(keys *identity.Keyring) (data []byte, at time.Time, ok bool) {
	if e.binding == "" || e.sealed == nil {
		return nil, time.Time{}, false
	}
	plain, err := keys.Open(identity.PurposeCachedResponse, e.sealed, e.binding)
	if err != nil || len(plain) < 8 {
		return nil, time.Time{}, false
	}
	return plain[8:], time.UnixMicro(int64(binary.BigEndian.Uint64(plain))), true //nolint:gosec // written from an int64
}

// put stores a response that was read after the entry was looked up. Redis may lose it.
func (e redisEntry) put(ctx context.Context, keys *identity.Keyring, data []byte, at time.Time, ttl time.Duration) {
	if e.binding == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	plain := binary.BigEndian.AppendUint64(make([]byte, 0, len(data)+8), uint64(at.UnixMicro()))
	sealed := keys.Seal(identity.PurposeCachedResponse, append(plain, data...), e.binding)
	_ = e.bus.client.Set(ctx, e.key, sealed, ttl).Err()
}
