package trustchain

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// operator is a metadata policy operator (§6.1.3.1).
type operator string

const (
	opValue      operator = "value"
	opAdd        operator = "add"
	opDefault    operator = "default"
	opOneOf      operator = "one_of"
	opSubsetOf   operator = "subset_of"
	opSupersetOf operator = "superset_of"
	opEssential  operator = "essential"
)

// operators are all that there are, in the order in which they are applied.
var operators = []operator{opValue, opAdd, opDefault, opOneOf, opSubsetOf, opSupersetOf, opEssential}

// scopeParameter is a string whose words operators take for an array (§6.1.3.1.8).
const scopeParameter = "scope"

// parameterPolicy are the operators for one metadata parameter.
type parameterPolicy map[operator]value

// Policy is what metadata must be, and is made, by entity type and parameter (§6.1.2).
type Policy map[string]map[string]parameterPolicy

// ReadPolicy reads a claim metadata_policy. Operators that are unknown are ignored (§6.1.3.2), but for those that some statement of the
// chain calls critical.
func ReadPolicy(raw json.RawMessage, critical []string) (Policy, error) {
	types, err := object(raw)
	if err != nil {
		return nil, fmt.Errorf("metadata_policy: %w", err)
	}
	policy := Policy{}
	for entityType, text := range types {
		parameters, err := object(text)
		if err != nil {
			return nil, fmt.Errorf("metadata_policy of %s: %w", entityType, err)
		}
		policy[entityType] = map[string]parameterPolicy{}
		for name, text := range parameters {
			p, err := readParameter(name, text, critical)
			if err != nil {
				return nil, fmt.Errorf("metadata_policy of %s.%s: %w", entityType, name, err)
			}
			policy[entityType][name] = p
		}
	}
	return policy, nil
}

func readParameter(name string, text json.RawMessage, critical []string) (parameterPolicy, error) {
	members, err := object(text)
	if err != nil {
		return nil, err
	}
	p := parameterPolicy{}
	for member, raw := range members {
		op := operator(member)
		if !slices.Contains(operators, op) {
			if slices.Contains(critical, member) {
				return nil, fmt.Errorf("the operator %s is critical and unknown", member)
			}
			continue
		}
		v, err := readValue(raw)
		if err != nil {
			return nil, err
		}
		if name == scopeParameter && (op == opValue || op == opDefault) {
			v = words(v)
		}
		if !op.takes(v) {
			return nil, fmt.Errorf("%s has a value of another type", op)
		}
		p[op] = v
	}
	return p, p.check()
}

// takes reports whether an operator may have a value.
func (op operator) takes(v value) bool {
	switch op {
	case opValue:
		return true
	case opDefault:
		return !v.isNull()
	case opEssential:
		_, ok := v.any.(bool)
		return ok
	default:
		_, ok := v.list()
		return ok
	}
}

// words returns a text of words as their array, and all else as it is.
func words(v value) value {
	text, ok := v.any.(string)
	if !ok {
		return v
	}
	array := []any{}
	for _, word := range strings.Fields(text) {
		array = append(array, word)
	}
	return valueOf(array)
}

// elements are those of the array that an operator has; ok if it is there.
func (p parameterPolicy) elements(op operator) (list []value, ok bool) {
	v, there := p[op]
	if !there {
		return nil, false
	}
	list, _ = v.list()
	return list, true
}

func (p parameterPolicy) essential() bool { return p[opEssential].any == true }

// check refuses operators that may not be together (§6.1.3.1).
func (p parameterPolicy) check() error {
	add, adds := p.elements(opAdd)
	subset, limits := p.elements(opSubsetOf)
	superset, demands := p.elements(opSupersetOf)
	oneOf, chooses := p.elements(opOneOf)
	if chooses && (adds || limits || demands) {
		return errors.New("one_of cannot be beside operators of arrays")
	}
	if adds && limits && !within(add, subset) {
		return errors.New("add goes beyond subset_of")
	}
	if limits && demands && !within(superset, subset) {
		return errors.New("superset_of goes beyond subset_of")
	}
	fixed, isFixed := p[opValue]
	if !isFixed {
		return nil
	}
	if _, defaults := p[opDefault]; fixed.isNull() && (defaults || p.essential()) {
		return errors.New("value removes what default or essential wants")
	}
	if chooses && !keysOf(oneOf)[fixed.key] {
		return errors.New("value is not among one_of")
	}
	list, _ := fixed.list()
	switch {
	case (adds || limits || demands) && list == nil:
		return errors.New("value is no array, beside operators of arrays")
	case adds && !within(add, list):
		return errors.New("add goes beyond value")
	case limits && !within(list, subset):
		return errors.New("value goes beyond subset_of")
	case demands && !within(superset, list):
		return errors.New("value lacks what superset_of wants")
	}
	return nil
}

// Merge adds the policy of a subordinate (§6.1.4.1), which can narrow what there is and never widen it.
func (p Policy) Merge(subordinate Policy) error {
	for entityType, parameters := range subordinate {
		if p[entityType] == nil {
			p[entityType] = map[string]parameterPolicy{}
		}
		for name, below := range parameters {
			merged := maps.Clone(p[entityType][name])
			if merged == nil {
				merged = parameterPolicy{}
			}
			if err := merged.merge(below); err != nil {
				return fmt.Errorf("merge the policies of %s.%s: %w", entityType, name, err)
			}
			p[entityType][name] = merged
		}
	}
	return nil
}

func (p parameterPolicy) merge(below parameterPolicy) error {
	for _, op := range operators {
		lower, there := below[op]
		if !there {
			continue
		}
		upper, both := p[op]
		if !both {
			p[op] = lower
			continue
		}
		merged, err := op.merge(upper, lower)
		if err != nil {
			return err
		}
		p[op] = merged
	}
	return p.check()
}

func (op operator) merge(upper, lower value) (value, error) {
	above, _ := upper.list()
	below, _ := lower.list()
	switch op {
	case opAdd, opSupersetOf:
		return arrayOf(union(above, below)), nil
	case opSubsetOf:
		return arrayOf(intersection(above, below)), nil
	case opOneOf:
		common := intersection(above, below)
		if len(common) == 0 {
			return value{}, errors.New("no value is left of one_of")
		}
		return arrayOf(common), nil
	case opEssential:
		return valueOf(upper.any == true || lower.any == true), nil
	default: // value and default
		if upper.key != lower.key {
			return value{}, fmt.Errorf("%s is another one below", op)
		}
		return upper, nil
	}
}

// Apply returns metadata of an entity type as the policy has it (§6.1.4.2), or why the metadata breaks it.
func (p Policy) Apply(entityType string, metadata map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	out := maps.Clone(metadata)
	maps.DeleteFunc(out, func(_ string, raw json.RawMessage) bool { return string(raw) == "null" })
	for _, name := range slices.Sorted(maps.Keys(p[entityType])) {
		raw, present := out[name]
		var v value
		if present {
			var err error
			if v, err = readValue(raw); err != nil {
				return nil, fmt.Errorf("metadata %s: %w", name, err)
			}
		}
		if name == scopeParameter {
			v = words(v)
		}
		v, err := p[entityType][name].apply(v)
		if err != nil {
			return nil, fmt.Errorf("metadata %s: %w", name, err)
		}
		if v.isNull() {
			delete(out, name)
			continue
		}
		if name == scopeParameter {
			if v, err = sentence(v); err != nil {
				return nil, err
			}
		}
		out[name] = json.RawMessage(v.key)
	}
	return out, nil
}

// sentence is words the other way round.
func sentence(v value) (value, error) {
	list, _ := v.list()
	texts := make([]string, len(list))
	for i, e := range list {
		word, ok := e.any.(string)
		if !ok {
			return value{}, errors.New("metadata scope: not of words")
		}
		texts[i] = word
	}
	return valueOf(strings.Join(texts, " ")), nil
}

// apply returns what the operators make of a value; null is one that is absent.
func (p parameterPolicy) apply(v value) (value, error) {
	if fixed, ok := p[opValue]; ok {
		v = fixed
	}
	list, isList := v.list()
	if add, ok := p.elements(opAdd); ok {
		if !isList && !v.isNull() {
			return value{}, errors.New("is no array to add to")
		}
		v = arrayOf(union(list, add))
	}
	if byDefault, ok := p[opDefault]; ok && v.isNull() {
		v = byDefault
	}
	list, isList = v.list()
	oneOf, chooses := p.elements(opOneOf)
	if chooses && !v.isNull() && !keysOf(oneOf)[v.key] {
		return value{}, errors.New("is none of one_of")
	}
	subset, limits := p.elements(opSubsetOf)
	superset, demands := p.elements(opSupersetOf)
	if (limits || demands) && !v.isNull() {
		if !isList {
			return value{}, errors.New("is no array")
		}
		if limits {
			list = intersection(list, subset)
			v = arrayOf(list)
		}
		if demands && !within(superset, list) {
			return value{}, errors.New("lacks what superset_of wants")
		}
	}
	if p.essential() && v.isNull() {
		return value{}, errors.New("is essential and absent")
	}
	return v, nil
}
