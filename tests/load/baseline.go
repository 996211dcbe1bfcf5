package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// margin is how much above the baseline CPU per operation may be: figures of a shared machine move by up to a half.
const margin = 1.5

// Baseline is the file that runs are compared with.
type Baseline struct {
	Machine Machine       `json:"machine"`
	Runs    []BaselineRun `json:"runs"`
}

// BaselineRun has milliseconds of CPU per operation by scenario, on the baseline's machine.
type BaselineRun struct {
	Database string             `json:"database"`
	Users    int                `json:"users"`
	CPU      map[string]float64 `json:"cpu_ms"`
}

func (b *Baseline) run(database string, users int) *BaselineRun {
	for i := range b.Runs {
		if b.Runs[i].Database == database && b.Runs[i].Users == users {
			return &b.Runs[i]
		}
	}
	return nil
}

// merge replaces what was measured again. Figures that stay are scaled to this machine.
func (b *Baseline) merge(result Result) {
	scale := slower(b.Machine, result.Machine)
	for i := range b.Runs {
		for name, ms := range b.Runs[i].CPU {
			b.Runs[i].CPU[name] = rounded(ms * scale)
		}
	}
	b.Machine = result.Machine
	for _, r := range result.Runs {
		into := b.run(r.Database, r.Users)
		if into == nil {
			b.Runs = append(b.Runs, BaselineRun{Database: r.Database, Users: r.Users, CPU: map[string]float64{}})
			into = &b.Runs[len(b.Runs)-1]
		}
		for _, f := range r.Scenarios {
			into.CPU[f.Name] = rounded(f.CPU())
		}
	}
}

// slower is how many times slower the second machine is.
func slower(first, second Machine) float64 {
	if first.SignMicroseconds == 0 || second.SignMicroseconds == 0 {
		return 1
	}
	return second.SignMicroseconds / first.SignMicroseconds
}

func rounded(ms float64) float64 { return math.Round(ms*1000) / 1000 }

// regressions names what costs too much more than in the baseline. What the baseline does not have is not compared.
func (b *Baseline) regressions(result Result) (list []string, compared int) {
	scale := slower(b.Machine, result.Machine)
	for _, r := range result.Runs {
		base := b.run(r.Database, r.Users)
		if base == nil {
			continue
		}
		for _, f := range r.Scenarios {
			before, known := base.CPU[f.Name]
			if !known {
				continue
			}
			compared++
			if f.CPU() > margin*scale*before {
				list = append(list, fmt.Sprintf("%s, %d users, %s: %.3f ms of CPU, %.3f in the baseline (%.2f with this machine's speed)",
					r.Database, r.Users, f.Name, f.CPU(), before, scale*before))
			}
		}
	}
	return list, compared
}

func updateBaseline(path string, result Result) error {
	var b Baseline
	if err := readJSON(path, &b); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b.merge(result)
	return writeJSON(path, b)
}

func compareWith(path string, result Result, stdout io.Writer) error {
	var b Baseline
	if err := readJSON(path, &b); err != nil {
		return err
	}
	list, compared := b.regressions(result)
	for _, text := range list {
		fmt.Fprintln(stdout, "regression:", text)
	}
	if len(list) > 0 {
		return fmt.Errorf("%d of %d figures are above %.1f times the baseline", len(list), compared, margin)
	}
	fmt.Fprintf(stdout, "\n%d figures are within %.1f times the baseline.\n", compared, margin)
	return nil
}
