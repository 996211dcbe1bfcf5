package growth

import (
	"runtime"
	"strings"
	"testing"
)

// The two inputs that are compared have few pieces and eight times as many. Work that grows with the square of the size
// would cost sixty-four times as much.
const (
	few  = 8
	many = 8 * few
	// slack is for what does not depend on the input: maps and buffers that start small, and errors. In bytes.
	slack = 16 << 10
	// longestPiece is the size in bytes of a piece above which nothing is measured: it would only be slow.
	longestPiece = 2 << 10
)

// Linear fails the test when read allocates, for an input of many pieces, much more than in proportion to one of few. input
// makes the one of n pieces.
func Linear(t testing.TB, input func(n int) string, read func(text string)) {
	t.Helper()
	if len(input(1)) > longestPiece {
		return
	}
	small, large := input(few), input(many)
	if cost, base := allocated(read, large), allocated(read, small); cost > 2*(many/few)*base+slack {
		t.Errorf("%d bytes cost %d bytes of memory, %d bytes cost %d: %.300q", len(small), base, len(large), cost, input(1))
	}
}

// Repeated returns inputs that are one text over and over.
func Repeated(text, separator string) func(n int) string {
	return func(n int) string { return strings.TrimSuffix(strings.Repeat(text+separator, n), separator) }
}

// allocated returns the bytes that read allocates: the least of three times, because others may allocate meanwhile.
func allocated(read func(text string), text string) uint64 {
	least := ^uint64(0)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read(text)
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}
