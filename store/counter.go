package store

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// Counter counts the statements that ran with one context. Begin and commit are not counted.
type Counter struct {
	mu         sync.Mutex
	operations []string
}

// Total is the number of statements so far.
func (c *Counter) Total() int { return len(c.Operations()) }

// Operations lists the statements so far, each as verb and table.
func (c *Counter) Operations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.operations...)
}

type counterKey struct{}

// CountStatements returns a context whose statements are counted, so that a test can bound what a request costs while
// others run beside it.
func CountStatements(ctx context.Context) (context.Context, *Counter) {
	c := &Counter{}
	return context.WithValue(ctx, counterKey{}, c), c
}

// observer reports statements to counters and metrics, never their text.
type observer struct {
	notify func(operation string, took time.Duration)
	clock  func() time.Time
}

// start notes a statement; the function that it returns is called when the statement is done.
func (o *observer) start(ctx context.Context, operation string) (done func()) {
	if c, ok := ctx.Value(counterKey{}).(*Counter); ok {
		c.mu.Lock()
		c.operations = append(c.operations, operation)
		c.mu.Unlock()
	}
	if o.notify == nil {
		return func() {}
	}
	if o.clock == nil {
		return func() { o.notify(operation, 0) }
	}
	begun := o.clock()
	return func() { o.notify(operation, o.clock().Sub(begun)) }
}

type doneKey struct{}

// BeforeQuery implements bun.QueryHook.
func (o *observer) BeforeQuery(ctx context.Context, event *bun.QueryEvent) context.Context {
	operation := strings.ToLower(event.Operation())
	switch operation {
	case "begin", "commit", "rollback":
		return ctx
	}
	if event.IQuery != nil && event.IQuery.GetTableName() != "" {
		operation += " " + strings.Trim(event.IQuery.GetTableName(), `"`)
	}
	return context.WithValue(ctx, doneKey{}, o.start(ctx, operation))
}

// AfterQuery implements bun.QueryHook.
func (o *observer) AfterQuery(ctx context.Context, _ *bun.QueryEvent) {
	if done, ok := ctx.Value(doneKey{}).(func()); ok {
		done()
	}
}
