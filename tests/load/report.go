package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Result is everything that was measured.
type Result struct {
	Machine Machine `json:"machine"`
	Runs    []Run   `json:"runs"`

	Transfers []TransferRun `json:"transfers,omitempty"`
	Live      []LiveRun     `json:"live,omitempty"`
}

// Machine is where it was measured.
type Machine struct {
	CPU              string  `json:"cpu"`
	CPUs             int     `json:"cpus"`
	Go               string  `json:"go"`
	SignMicroseconds float64 `json:"es256_sign_us"` // how fast the machine is
}

// Run is one database with a number of users.
type Run struct {
	Database  string    `json:"database"`
	Users     int       `json:"users"`
	Process   Process   `json:"process"`
	Scenarios []Figures `json:"scenarios"`
}

// Process is what the server's process takes besides CPU.
type Process struct {
	StartSeconds float64 `json:"start_seconds"` // to the first 200, on a database that has everything
	IdleMiB      float64 `json:"idle_mib"`
	LoadedMiB    float64 `json:"loaded_mib"` // after all scenarios that hash no password
	BinaryMiB    float64 `json:"binary_mib"`
}

// Figures are what one scenario came to.
type Figures struct {
	Name       string  `json:"name"`
	Title      string  `json:"title"`
	Operations int     `json:"operations"`
	Errors     int     `json:"errors"`
	ServerMS   float64 `json:"server_cpu_ms"` // per operation, as the next
	DatabaseMS float64 `json:"database_cpu_ms"`
	P50MS      float64 `json:"p50_ms"`
	P95MS      float64 `json:"p95_ms"`
	P99MS      float64 `json:"p99_ms"`
	MaxMS      float64 `json:"max_ms"`

	firstError error
}

// CPU is the figure that counts: milliseconds per operation of server and database.
func (f Figures) CPU() float64 { return f.ServerMS + f.DatabaseMS }

// writeRun prints the tables of one database.
func writeRun(w io.Writer, r Run) {
	fmt.Fprintf(w, "\n### %s, %d users\n\n", r.Database, r.Users)
	fmt.Fprintln(w, "| Operation | CPU ms, server | CPU ms, database | CPU ms, both | Budget | | p50 ms | p95 ms | p99 ms | max ms | Operations | Errors |")
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|")
	for _, f := range r.Scenarios {
		budget := budgetOf(f.Name, r.Database)
		fmt.Fprintf(w, "| %s | %.3f | %.3f | **%.3f** | %s | %s | %.2f | %.2f | %.2f | %.2f | %d | %d |\n", f.Title, f.ServerMS, f.DatabaseMS, f.CPU(),
			number(budget), verdict(f.CPU(), budget), f.P50MS, f.P95MS, f.P99MS, f.MaxMS, f.Operations, f.Errors)
	}
	fmt.Fprintln(w, "\n| Process | Measured | Budget | |\n|---|---:|---:|---|")
	start := float64(budgetStartSeconds)
	if r.Database == postgres {
		start = 0
	}
	for _, p := range []struct {
		name           string
		figure, budget float64
	}{
		{"start to the first 200, s", r.Process.StartSeconds, start},
		{"memory idle, MiB", r.Process.IdleMiB, budgetIdleMiB},
		{"memory after load without hashing, MiB", r.Process.LoadedMiB, budgetLoadedMiB},
		{"binary, MiB", r.Process.BinaryMiB, budgetBinaryMiB},
	} {
		fmt.Fprintf(w, "| %s | %.3g | %s | %s |\n", p.name, p.figure, number(p.budget), verdict(p.figure, p.budget))
	}
}

// number prints a budget, nothing for none.
func number(budget float64) string {
	if budget == 0 {
		return ""
	}
	return fmt.Sprintf("%.3g", budget)
}

// conclude writes the files, compares, and says whether all is well.
func conclude(p plan, result Result, stdout io.Writer) error {
	if p.json != "" {
		if err := writeJSON(p.json, result); err != nil {
			return err
		}
	}
	failed := 0
	for _, r := range result.Runs {
		for _, f := range r.Scenarios {
			failed += f.Errors
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d operations failed", failed)
	}
	switch {
	case p.baseline == "":
		return nil
	case p.update:
		return updateBaseline(p.baseline, result)
	}
	return compareWith(p.baseline, result, stdout)
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return errors.Join(fmt.Errorf("read %s", path), err)
	}
	return nil
}
