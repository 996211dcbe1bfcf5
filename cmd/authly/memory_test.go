package main

import (
	"math"
	"os"
	"runtime/debug"
	"testing"
)

// TestMemoryIsBounded by what there is, unless the variables of the Go runtime say otherwise. They are the process's own, so it is not
// parallel to other tests.
func TestMemoryIsBounded(t *testing.T) { //nolint:paralleltest // as above
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(math.MaxInt64)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	inForce := func() (int, int64) {
		percent := debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		return percent, debug.SetMemoryLimit(-1)
	}
	t.Setenv("GOGC", "70")
	t.Setenv("GOMEMLIMIT", "1GiB")
	if err := boundMemory(); err != nil {
		t.Fatal(err)
	}
	if percent, limit := inForce(); percent != 100 || limit != math.MaxInt64 {
		t.Errorf("%d %%, %d bytes: the variables were not left to the runtime", percent, limit)
	}
	t.Setenv("GOGC", "")
	_ = os.Unsetenv("GOMEMLIMIT") // t.Setenv has what it was
	if err := boundMemory(); err != nil {
		t.Fatal(err)
	}
	if percent, limit := inForce(); percent != garbagePercent || limit < 64<<20 || limit > 1<<46 {
		t.Errorf("%d %%, %d bytes", percent, limit)
	}
}
