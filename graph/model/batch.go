package model

import "sync"

// Batch is what came together in one list. What one of them needs besides is fetched for all of them, by one statement
// and without a window of time in which a loader waits for company.
type Batch[K comparable] struct {
	keys    []K
	mu      sync.Mutex
	answers map[any]any
}

// NewBatch makes a batch of keys. Repeated ones count once.
func NewBatch[K comparable](keys []K) *Batch[K] {
	seen := make(map[K]bool, len(keys))
	once := make([]K, 0, len(keys))
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			once = append(once, key)
		}
	}
	return &Batch[K]{keys: once}
}

// Together returns what find gives for all keys of a batch. It is called once for each question, which names what is
// fetched with all arguments of the fetching. It is safe for concurrent use.
func Together[K comparable, V any](b *Batch[K], question any, find func(keys []K) (V, error)) (V, error) {
	b.mu.Lock()
	answer, asked := b.answers[question].(func() (V, error))
	if !asked {
		answer = sync.OnceValues(func() (V, error) { return find(b.keys) })
		if b.answers == nil {
			b.answers = map[any]any{}
		}
		b.answers[question] = answer
	}
	b.mu.Unlock()
	return answer()
}
