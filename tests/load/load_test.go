package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPercentileIsTheNearestRank(t *testing.T) {
	t.Parallel()
	var times []time.Duration
	for i := range 200 {
		times = append(times, time.Duration(i+1))
	}
	for p, want := range map[int]time.Duration{50: 100, 95: 190, 99: 198, 100: 200} {
		if got := percentile(times, p); got != want {
			t.Errorf("percentile %d is %d, want %d", p, got, want)
		}
	}
	if got := percentile(times[:1], 50); got != 1 {
		t.Errorf("the median of one time is %d, want it", got)
	}
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("the median of nothing is %d, want 0", got)
	}
}

func TestStatOfAProgramWithAnAwkwardName(t *testing.T) {
	t.Parallel()
	const line = "4711 (a) b (c d) S 99 4711 4711 0 -1 4194560 1000 5000 0 0 11 22 150 50 20 0 1 0 12345 1000 200 18446744073709551615"
	got, err := parseStat([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if want := (stat{parent: 99, ended: 2 * time.Second}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := parseStat([]byte("4711 (x) S 99")); err == nil {
		t.Error("a line that is cut off was read")
	}
}

func TestCPUOfThisProcessGrows(t *testing.T) {
	t.Parallel()
	before, err := familyCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	calibrate()
	after, err := familyCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if after <= before {
		t.Errorf("processor time went from %s to %s", before, after)
	}
}

func result(sign float64, cpu float64) Result {
	return Result{Machine: Machine{SignMicroseconds: sign}, Runs: []Run{{
		Database: sqlite, Users: 10_000, Scenarios: []Figures{{Name: "refresh", ServerMS: cpu / 2, DatabaseMS: cpu / 2}},
	}}}
}

func TestBaselineFindsRegressionsOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "baseline.json")
	if err := updateBaseline(path, result(40, 0.4)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		sign, cpu float64
		fails     bool
	}{
		{"as before", 40, 0.4, false},
		{"within the margin", 40, 0.59, false},
		{"above the margin", 40, 0.61, true},
		{"twice on a machine that is half as fast", 80, 0.8, false},
		{"the same on a machine that is twice as fast", 20, 0.4, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			err := compareWith(path, result(c.sign, c.cpu), &out)
			if (err != nil) != c.fails {
				t.Errorf("error %v; it said %q", err, out.String())
			}
			if c.fails != strings.Contains(out.String(), "sqlite, 10000 users, refresh") {
				t.Errorf("it said %q", out.String())
			}
		})
	}
}

func TestBaselineKeepsWhatWasNotMeasuredAgain(t *testing.T) {
	t.Parallel()
	b := Baseline{Machine: Machine{SignMicroseconds: 20}, Runs: []BaselineRun{
		{Database: sqlite, Users: 10_000, CPU: map[string]float64{"refresh": 0.1, "discovery": 0.05}},
		{Database: postgres, Users: 10_000, CPU: map[string]float64{"refresh": 0.3}},
	}}
	b.merge(result(40, 0.4))
	want := []BaselineRun{
		{Database: sqlite, Users: 10_000, CPU: map[string]float64{"refresh": 0.4, "discovery": 0.1}},
		{Database: postgres, Users: 10_000, CPU: map[string]float64{"refresh": 0.6}},
	}
	if diff := cmp.Diff(want, b.Runs); diff != "" {
		t.Error(diff)
	}
}

func TestEveryBudgetBelongsToAScenario(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, s := range new(world).scenarios() {
		if names[s.name] {
			t.Errorf("there are two scenarios %s", s.name)
		}
		names[s.name] = true
	}
	for name := range cpuBudgets() {
		if !names[name] {
			t.Errorf("the budget %s has no scenario", name)
		}
	}
}

func TestTableSaysWhatIsMet(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	writeRun(&out, Run{Database: postgres, Users: 10_000, Process: Process{BinaryMiB: 90}, Scenarios: []Figures{
		{Name: "refresh", Title: "refresh", ServerMS: 0.3, DatabaseMS: 0.1}, {Name: "discovery", Title: "discovery", ServerMS: 0.18},
	}})
	for _, want := range []string{"| **0.400** | 0.5 | met |", "| **0.180** | 0.09 | missed, 2.0 × |", "| binary, MiB | 90 | 45 | missed, 2.0 × |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	p, err := parse([]string{"-users", "10000,1000000", "-only", "^refresh$"}, &strings.Builder{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{10_000, 1_000_000}, p.users); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{sqlite, postgres}, p.databases); diff != "" {
		t.Error(diff)
	}
	if p.only.String() != regexp.MustCompile("^refresh$").String() {
		t.Errorf("-only is %s", p.only)
	}
	for _, args := range [][]string{{"-users", "9999"}, {"-users", "1000001"}, {"-users", ""}, {"-databases", "oracle"}, {"-update"}, {"-only", "("}, {"-transfer", "9999"}, {"more"}} {
		if _, err := parse(args, &strings.Builder{}); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}
