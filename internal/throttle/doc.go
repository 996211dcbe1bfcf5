// Package throttle keeps the buckets of identity.Throttle: in memory for one process, and in Redis for all nodes.
//
// Both count by GCRA, the generic cell rate algorithm: of a bucket only the time is stored at which it will be full, so
// that an idle one costs nothing and decays by itself. Time comes from the caller, never from Redis.
//
// When Redis does not answer within 50 ms, Shared counts in memory for the next five seconds, with half the burst and
// twice the interval: stricter, never open. What was counted there is not carried over.
package throttle
