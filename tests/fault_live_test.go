package tests

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// TestSubscribersOfAKilledNodeGoOnAtAnother: a node is stopped with SIGKILL while events are added and told. Whoever followed
// there misses none and hears none twice, in the order of each writer.
func TestSubscribersOfAKilledNodeGoOnAtAnother(t *testing.T) {
	t.Parallel()
	for name, redis := range map[string]bool{"with Redis": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const writers, each, subscribers = 3, 80, 24
			stays, tokens, env := liveNode(t, redis)
			env["AUTHLY_DATABASE_URL"] = stays.Database.URL
			process := harness.Launch(t, env)
			process.Start(t)
			dies := process.Node()
			var opened, again, followers, writing sync.WaitGroup
			var cut atomic.Int32
			all := make([]subscriber, subscribers)
			opened.Add(subscribers)
			again.Add(subscribers)
			for i := range all {
				s := &all[i]
				s.token = tokens[i%len(tokens)]
				followers.Go(func() {
					ctx, abandon := context.WithTimeout(t.Context(), 5*time.Minute)
					defer abandon()
					near, isOpen := dies, sync.OnceFunc(again.Done)
					if err := s.follow(ctx, near, 1+i%each, sync.OnceFunc(opened.Done)); err != nil { // then the connection breaks
						t.Error(err)
					}
					for len(s.names) < writers*each && ctx.Err() == nil {
						if err := s.follow(ctx, near, writers*each, isOpen); len(s.names) < writers*each {
							t.Log(err)
							cut.Add(1)
							near = stays
						}
					}
				})
			}
			opened.Wait()
			write := func(from, to int) {
				for w := range writers {
					writing.Go(func() {
						if err := happen(t.Context(), stays, w, from, to); err != nil {
							t.Error(err)
						}
					})
				}
			}
			write(0, each/2)
			again.Wait()   // all have heard something, and go on at the same node
			writing.Wait() // a writer is in one transaction at a time: what two write at once has no order
			write(each/2, 3*each/4)
			process.Kill()
			writing.Wait()
			write(3*each/4, each)
			writing.Wait()
			followers.Wait()
			for i := range all {
				all[i].complete(t, i, writers, each)
			}
			if cut.Load() < subscribers {
				t.Errorf("%d of %d connections were cut", cut.Load(), subscribers)
			}
		})
	}
}
