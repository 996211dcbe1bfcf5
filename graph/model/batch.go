package model

import "sync"

// Batch is the keys of the objects that came together in one list. What one of them needs besides is fetched for all of
// them, by one statement and without a window of time in which a loader waits for company.
type Batch[K comparable] struct {
	keys    []K
	mu      sync.Mutex
	fetched map[any]any
}

// NewBatch returns a batch of keys. Repeated ones count once.
func NewBatch[K comparable](keys []K) *Batch[K] {
	seen := make(map[K]bool, len(keys))
	unique := make([]K, 0, len(keys))
	for _, key := range keys {
		if !seen[key] {
			seen[key] = true
			unique = append(unique, key)
		}
	}
	return &Batch[K]{keys: unique}
}

// Load returns what fetch returns for all keys of a batch. It is called once for each batchKey, which names what is
// fetched with all arguments of the fetching. It is safe for concurrent use. (A method cannot have the type V.)
func Load[K comparable, V any](b *Batch[K], batchKey any, fetch func(keys []K) (V, error)) (V, error) {
	b.mu.Lock()
	load, known := b.fetched[batchKey].(func() (V, error))
	if !known {
		load = sync.OnceValues(func() (V, error) { return fetch(b.keys) })
		if b.fetched == nil {
			b.fetched = map[any]any{}
		}
		b.fetched[batchKey] = load
	}
	b.mu.Unlock()
	return load()
}
