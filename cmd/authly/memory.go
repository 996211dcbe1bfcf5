package main

import (
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// What the server makes of the memory that there is, unless GOGC and GOMEMLIMIT say otherwise (docs/decisions/0124).
const (
	garbagePercent = 200 // of what is in use, until garbage is collected; Go's own default is 100
	heapShare      = 0.8 // of the memory of the container or machine; the rest is SQLite's and the program's
)

// boundMemory sets how much garbage the process collects for itself. Go lets it grow whatever a container may have, which ends the process.
func boundMemory() error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	_, err := memlimit.Set(memlimit.WithRatio(heapShare),
		memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)))
	return err
}
