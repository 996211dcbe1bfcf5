// Package cache keeps answers of the store in memory and sees to it that no node serves one that a write has made
// wrong.
//
// The rule is one: an answer is stored with the stamp of the moment before it was read and with the names of what it
// depends on ("user:ID", "client:ID", ...). A write bumps the names of what it changed, after its commit. An answer is
// served only while none of its names was bumped after its stamp (Versions). So an answer that was being read while the
// write happened is never served either.
//
// Bumps reach the other nodes through Redis (Bus). While a node is not sure to hear them, because there is no Redis, it
// is away, or another node has fallen silent, it serves an answer for at most two seconds: slower, never wrong for
// longer than that, never open. Redis holds nothing whose loss changes an answer.
//
// Store is a decorator of identity.Store for the lookups that every request makes; authorization is decided by the
// domain from what it gets, after the cache. Answers keeps whole answers of the admin API, in this process and in
// Redis.
package cache
