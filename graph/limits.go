package graph

import "time"

// Limits bound what one request may ask for. A request at a limit passes, one above it is refused before anything runs.
// All must be positive.
type Limits struct {
	BodyBytes      int64 // of a POST
	Characters     int   // of the document, in bytes
	Tokens         int   // of the document
	Depth          int   // nested fields; below __schema and __type none count
	Aliases        int   // this and the following counts are taken with fragments expanded
	QueryFields    int   // root fields of a query
	MutationFields int   // root fields of a mutation
	Selections     int   // in one selection set, fragments not expanded
	Fields         int   // in all
	Introspections int   // __schema and __type
	Directives     int   // written in the document
	Operations     int   // written in the document
	Fragments      int   // written in the document
	VariableDepth  int   // nested lists and objects in the variables
	VariableValues int   // values in the variables
	VariableItems  int   // items in one list of the variables
	Cost           int   // points of one operation
	BucketSize     int   // points that a caller can save up
	BucketRestore  int   // points that come back each second
	Errors         int   // in one response; further ones are left out
	Documents      int   // cached, parsed and validated
	Streams        int   // subscriptions that are open on this node
	CallerStreams  int   // of them, of one caller
	StreamEvents   int   // read for a subscription at once
	Timeout        time.Duration
	BulkTimeout    time.Duration // of a mutation that changes many objects; below the server's own limit for writing
	Heartbeat      time.Duration // after which a quiet stream is sent a comment, and the rights of its caller are checked
	StreamPatience time.Duration // for a write to a stream whose caller does not read
}

// DefaultLimits fit the deepest useful query, a full page and the introspection queries of common tools.
func DefaultLimits() Limits {
	return Limits{
		BodyBytes: 64 << 10, Characters: 15_000, Tokens: 1_000, Depth: 10, Aliases: 20, QueryFields: 10, MutationFields: 5,
		Selections: 120, Fields: 500, Introspections: 2, Directives: 20, Operations: 5, Fragments: 20,
		VariableDepth: 16, VariableValues: 2_000, VariableItems: 1_000, Cost: 1_000, BucketSize: 2_000, BucketRestore: 100,
		Errors: 5, Documents: 512, Timeout: 5 * time.Second, BulkTimeout: 55 * time.Second,
		Streams: 1_000, CallerStreams: 10, StreamEvents: 250, Heartbeat: 10 * time.Second, StreamPatience: 10 * time.Second,
	}
}
