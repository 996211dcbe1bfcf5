// Package cache keeps results of the store in memory and sees to it that no node serves one that a write has made
// wrong.
//
// The rule is one: an entry is stored with the version of the moment before it was read and with the tags of what it
// depends on ("user:ID", "client:ID", ...). A write invalidates the tags of what it changed, after its commit. An entry
// is served only while none of its tags was invalidated since its version (Versions). So what was being read while the
// write happened is never served either.
//
// Bus is the invalidation bus: it carries invalidated tags to the other nodes through Redis. It is also a failure
// detector: nodes publish heartbeats, and one that misses some is suspected of being cut off while it still writes.
// While a node may miss invalidations, because there is no Redis, it is away, or another node is suspected, it serves
// an entry for at most two seconds: slower, never wrong for longer than that, never open. Redis holds nothing whose
// loss changes a result.
//
// Watcher looks once a second for what was written without the bus: triggers in the database count it. Then nothing that
// is in memory is served any more; while it cannot look, entries live for two seconds.
//
// Store is a decorator of identity.Store for the lookups that every request makes; authorization is decided by the
// domain from what it gets, after the cache. ResponseCache keeps whole responses of the admin API, in this process and
// in Redis.
package cache
