package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// userHz is the unit of /proc/PID/stat, which is the same on every Linux that Go runs on.
const userHz = 100

// processCPU is the user and system time of a process so far, of all its threads and also of those that have ended. It
// is what /proc/PID/stat tells, but in nanoseconds (clock_getcpuclockid(3)).
func processCPU(pid int) (time.Duration, error) {
	const scheduler = 2 // CPUCLOCK_SCHED of the kernel
	clock := ^pid<<3 | scheduler
	var t syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return 0, fmt.Errorf("read the processor time of process %d: %w", pid, errno)
	}
	return time.Duration(t.Nano()), nil
}

// familyCPU is the time of a process and its children, and of the children that have ended.
func familyCPU(parent int) (time.Duration, error) {
	stat, err := readStat(parent)
	if err != nil {
		return 0, err
	}
	sum, err := processCPU(parent)
	if err != nil {
		return 0, err
	}
	sum += stat.ended
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	for _, file := range files {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			return 0, fmt.Errorf("list processes: %w", err)
		}
		child, err := readStat(pid)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || err == nil && child.parent != parent {
			continue
		}
		if err != nil {
			return 0, err
		}
		if time, err := processCPU(pid); err == nil { // otherwise it has just ended, and the next reading has it
			sum += time
		}
	}
	return sum, nil
}

// stat is what is wanted of /proc/PID/stat.
type stat struct {
	parent int
	ended  time.Duration // user and system time of children that have ended
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, fmt.Errorf("read process %d: %w", pid, err)
	}
	return parseStat(text)
}

// parseStat reads a line of proc(5). The name of the program may contain spaces and parentheses.
func parseStat(line []byte) (stat, error) {
	const parent, childUser, childSystem = 1, 13, 14 // counted from the state
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
	if len(fields) <= childSystem {
		return stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	var numbers [3]int64
	for i, field := range []int{parent, childUser, childSystem} {
		var err error
		if numbers[i], err = strconv.ParseInt(fields[field], 10, 64); err != nil {
			return stat{}, fmt.Errorf("read /proc/PID/stat: %w", err)
		}
	}
	return stat{parent: int(numbers[0]), ended: time.Duration(numbers[1]+numbers[2]) * time.Second / userHz}, nil
}

// machine tells where the figures come from.
func machine() Machine {
	m := Machine{Go: runtime.Version(), CPUs: runtime.NumCPU(), SignMicroseconds: calibrate()}
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}

// calibrate measures one ES256 signature in microseconds: the best of many short stretches, which other load spares.
func calibrate() float64 {
	const stretches, signatures = 100, 20
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // never: crypto/rand does not fail
	}
	digest := make([]byte, 32)
	best := time.Hour
	for range stretches {
		began := time.Now()
		for range signatures {
			if _, err := ecdsa.SignASN1(rand.Reader, key, digest); err != nil {
				panic(err) // never, as above
			}
		}
		best = min(best, time.Since(began))
	}
	return float64(best.Nanoseconds()) / signatures / 1000
}
