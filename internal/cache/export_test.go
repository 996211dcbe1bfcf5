package cache

// Peers counts the other nodes that give signs of life.
func (b *Bus) Peers() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.peers)
}
