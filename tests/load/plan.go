package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The lists need something half way, and the way there must not take more points than administrators have.
const (
	fewestUsers = 10_000
	mostUsers   = 1_000_000
)

// What the memory of writers and listeners is good for.
const (
	mostLive     = 10_000
	mostLiveTime = 10 * time.Minute
)

// plan is what the flags say.
type plan struct {
	users      []int
	transfer   int // rows of an import and an export, instead of scenarios; 0 measures those
	live       int // events a second that are told to listeners, instead of scenarios; 0 measures those
	liveTime   time.Duration
	databases  []string
	only       *regexp.Regexp
	json       string
	baseline   string
	update     bool
	perfFolder string
}

func parse(args []string, stderr io.Writer) (plan, error) {
	var p plan
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(stderr)
	users := flags.String("users", "10000", "numbers of users, comma-separated, each 10000 to 1000000")
	databases := flags.String("databases", "sqlite,postgres", "databases, comma-separated")
	only := flags.String("only", "", "regular expression: which scenarios")
	flags.IntVar(&p.transfer, "transfer", 0, "measure an import and an export of so many users, killed in the middle, instead of requests")
	flags.IntVar(&p.live, "live", 0, "tell listeners of so many events a second, one of two nodes killed in the middle, instead of requests")
	flags.DurationVar(&p.liveTime, "live-time", time.Minute, "for how long -live does so")
	flags.StringVar(&p.json, "json", "", "file for the figures")
	flags.StringVar(&p.baseline, "baseline", "", "file with earlier figures; CPU per operation must not be above 1.5 times those")
	flags.BoolVar(&p.update, "update", false, "write the figures into the file of -baseline instead of comparing")
	flags.StringVar(&p.perfFolder, "perf", "", "folder for what Linux perf records of the server")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if flags.NArg() > 0 {
		return p, fmt.Errorf("unexpected arguments: %v", flags.Args())
	}
	if p.transfer != 0 && (p.transfer < fewestUsers || p.transfer > mostUsers) {
		return p, fmt.Errorf("-transfer: %d is not a number from %d to %d", p.transfer, fewestUsers, mostUsers)
	}
	if p.live < 0 || p.live > mostLive || p.liveTime < time.Second || p.liveTime > mostLiveTime {
		return p, fmt.Errorf("-live, -live-time: at most %d events a second, for a second to %s", mostLive, mostLiveTime)
	}
	if p.update && p.baseline == "" {
		return p, errors.New("-update needs -baseline")
	}
	for text := range strings.SplitSeq(*users, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < fewestUsers || n > mostUsers {
			return p, fmt.Errorf("-users: %q is not a number from %d to %d", text, fewestUsers, mostUsers)
		}
		p.users = append(p.users, n)
	}
	for name := range strings.SplitSeq(*databases, ",") {
		if name != sqlite && name != postgres {
			return p, fmt.Errorf("-databases: %q is not %s or %s", name, sqlite, postgres)
		}
		p.databases = append(p.databases, name)
	}
	var err error
	if p.only, err = regexp.Compile(*only); err != nil {
		return p, fmt.Errorf("-only: %w", err)
	}
	return p, nil
}

// profile is the file for what perf records during a scenario, or empty.
func (p plan) profile(database string, users int, scenario string) string {
	if p.perfFolder == "" {
		return ""
	}
	return filepath.Join(p.perfFolder, fmt.Sprintf("%s-%d-%s.data", database, users, scenario))
}
