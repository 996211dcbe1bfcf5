package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/authly/authly/identity"
)

// detailFacts is one object of authorization details as a person reads it.
type detailFacts struct {
	Title string // the words of its type
	Facts []detailFact
}

// detailFact is what stands in an object under a name, or under names in one another.
type detailFact struct{ Name, Value string }

// listDetails shows all that is asked for, so that nothing is allowed that was not seen.
func listDetails(details identity.AuthorizationDetails, types []identity.DetailType) []detailFacts {
	list := make([]detailFacts, len(details))
	for i, name := range details.Types() {
		list[i].Title = name
		for _, t := range types {
			if t.Name == name {
				list[i].Title = cmp.Or(t.Description, name)
			}
		}
		decoder := json.NewDecoder(bytes.NewReader(details[i]))
		decoder.UseNumber()
		var members map[string]any
		if decoder.Decode(&members) != nil {
			continue // it was encoded by us
		}
		delete(members, "type") // the title
		list[i].Facts = factsOf(nil, "", members)
	}
	return list
}

// factsOf adds what a value comes to below a name: a line for each text, number and list of them.
func factsOf(facts []detailFact, name string, value any) []detailFact {
	below := func(more string) string { return strings.TrimPrefix(name+" / "+more, " / ") }
	switch v := value.(type) {
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(v)) {
			facts = factsOf(facts, below(member), v[member])
		}
		return facts
	case []any:
		texts := make([]string, len(v))
		for i, element := range v {
			switch element.(type) {
			case map[string]any, []any:
				for i, element := range v {
					facts = factsOf(facts, below(strconv.Itoa(i+1)), element)
				}
				return facts
			}
			texts[i] = fmt.Sprint(element)
		}
		return append(facts, detailFact{name, strings.Join(texts, ", ")})
	case nil:
		return append(facts, detailFact{name, "–"})
	}
	return append(facts, detailFact{name, fmt.Sprint(value)})
}
