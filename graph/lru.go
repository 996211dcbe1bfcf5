package graph

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

// documentCache keeps the documents that were used last.
type documentCache struct {
	size  int
	mu    sync.Mutex
	order *list.List // of *cached, the last used in front
	byKey map[[sha256.Size]byte]*list.Element
}

type cachedDocument struct {
	key [sha256.Size]byte
	doc *document
}

func newDocumentCache(size int) *documentCache {
	return &documentCache{size: size, order: list.New(), byKey: map[[sha256.Size]byte]*list.Element{}}
}

func (c *documentCache) get(key [sha256.Size]byte) (*document, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*cachedDocument).doc, true // the list holds nothing else
}

func (c *documentCache) add(key [sha256.Size]byte, doc *document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.byKey[key]; known {
		return
	}
	c.byKey[key] = c.order.PushFront(&cachedDocument{key: key, doc: doc})
	if c.order.Len() > c.size {
		oldest := c.order.Remove(c.order.Back()).(*cachedDocument) // as above
		delete(c.byKey, oldest.key)
	}
}
