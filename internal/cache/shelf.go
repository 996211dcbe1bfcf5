package cache

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// The keys in Redis, behind the space of the deployment: an answer, the version of a name that answers depend on, and
// the channel on which nodes talk.
const (
	answerPrefix  = "answer:"
	versionPrefix = "version:"
	channel       = "changed"
)

// Every answer in Redis also depends on everything, which is bumped when a node has fallen silent.
const everything = "*"

// versionLife is how long a version is kept after its last change: longer than any answer. One that is gone is made
// anew, never the same.
const versionLife = 2 * maxKept

// redisPatience is how long Redis may take over one answer before it is read from the database.
const redisPatience = 50 * time.Millisecond

// local reports whether no answer in Redis depends on a name, so that it needs no version there.
func local(name string) bool {
	for _, prefix := range []string{"grant:", "jti:", "session:", "client:"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// shelf is the place of one answer in Redis, under the versions of the moment when it was looked at.
type shelf struct {
	bus     *Bus
	key     string
	context string // that the answer is bound to; empty when the versions are not known
	sealed  []byte // nil: there is none
}

// shelf looks up an answer and the versions of what it depends on, in one round trip.
func (b *Bus) shelf(ctx context.Context, key string, names []string) shelf {
	ctx, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	s := shelf{bus: b, key: b.space + answerPrefix + key}
	keys := []string{s.key, b.space + versionPrefix + everything}
	for _, name := range names {
		keys = append(keys, b.space+versionPrefix+name)
	}
	values, err := b.client.MGet(ctx, keys...).Result()
	if err != nil {
		return s
	}
	if sealed, ok := values[0].(string); ok {
		s.sealed = []byte(sealed)
	}
	bound := []string{s.key}
	for i, value := range values[1:] {
		version, ok := value.(string)
		if !ok {
			if version, ok = b.begin(ctx, keys[i+1]); !ok {
				return s
			}
		}
		bound = append(bound, version)
	}
	s.context = strings.Join(bound, "\n")
	return s
}

// begin returns a name without a version its first one, or the one that another node has just given it.
func (b *Bus) begin(ctx context.Context, key string) (string, bool) {
	first := b.version()
	if made, err := b.client.SetNX(ctx, key, first, versionLife).Result(); err != nil {
		return "", false
	} else if made {
		return first, true
	}
	version, err := b.client.Get(ctx, key).Result()
	return version, err == nil
}

// open returns the answer and when it was read, if it was kept under the same versions.
func (s shelf) open(keys *identity.Keyring) (data []byte, at time.Time, ok bool) {
	if s.context == "" || s.sealed == nil {
		return nil, time.Time{}, false
	}
	plain, err := keys.Open(identity.PurposeAnswer, s.sealed, s.context)
	if err != nil || len(plain) < 8 {
		return nil, time.Time{}, false
	}
	return plain[8:], time.UnixMicro(int64(binary.BigEndian.Uint64(plain))), true //nolint:gosec // written from an int64
}

// put keeps an answer that was read after the shelf was looked at. Redis may lose it.
func (s shelf) put(ctx context.Context, keys *identity.Keyring, data []byte, at time.Time, life time.Duration) {
	if s.context == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	plain := binary.BigEndian.AppendUint64(make([]byte, 0, len(data)+8), uint64(at.UnixMicro()))
	sealed := keys.Seal(identity.PurposeAnswer, append(plain, data...), s.context)
	_ = s.bus.client.Set(ctx, s.key, sealed, life).Err()
}
