package harness

import (
	"regexp"
	"strings"
)

// SuiteVisit is what a configuration of the OpenID conformance suite (docs/conformance) says that the suite's own browser does after it was
// sent to an address.
type SuiteVisit struct {
	Match string
	Limit int `json:"match-limit"` // how often in a module; 0 = any number of times
	Tasks []struct {
		Task, Match string
		Optional    bool
		Commands    [][]any
	}
}

// SuiteMatch reports whether a pattern of the suite matches an address: a * stands for anything.
func SuiteMatch(pattern, address string) bool {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(address)
}
