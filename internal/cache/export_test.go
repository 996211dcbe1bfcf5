package cache

// Peers counts the other nodes that publish heartbeats.
func (b *Bus) Peers() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.missedHeartbeats)
}
