package password

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go/adjacency"
	"github.com/ccojocar/zxcvbn-go/entropy"
	"github.com/ccojocar/zxcvbn-go/match"
	"github.com/ccojocar/zxcvbn-go/scoring"
)

// strength says how hard a password is to guess, from 0 to 4 and in bits, as zxcvbn does (Wheeler, USENIX Security 2016): of the ways to
// put it together from words, walks on the keyboard, repetitions, sequences, dates and signs, the one that takes the fewest guesses
// counts. The formulas and dictionaries are the library's; the matchers are not, because their package makes tables of 18 MB of the
// dictionaries when a program starts (docs/decisions/0123).
func strength(password string, personal []string) scoring.MinEntropyMatch {
	matches := words(password, personal)
	for _, keyboard := range []string{"qwerty", "dvorak", "keypad", "macKeypad"} {
		matches = append(matches, walks(password, adjacency.GraphMap[keyboard])...)
	}
	matches = append(append(append(matches, repetitions(password)...), sequences(password)...), dates(password)...)
	return scoring.MinimumEntropyMatchSequence(password, matches)
}

// words returns the words of the dictionaries, and the personal ones, that a password contains.
func words(password string, personal []string) []match.Match {
	lower := strings.ToLower(password)
	if len(lower) != len(password) {
		lower = password // a letter whose other case has another length: none of the dictionaries
	}
	own := map[string]uint16{}
	addRanks(own, personal)
	var matches []match.Match
	for _, list := range []*wordList{dictionaries(), newWordList(own)} {
		for i := range len(lower) {
			list.find(lower[i:], func(length int, rank uint16) {
				m := match.Match{Pattern: "dictionary", I: i, J: i + length - 1, Token: password[i : i+length]}
				m.Entropy = entropy.DictionaryEntropy(m, float64(rank))
				matches = append(matches, m)
			})
		}
	}
	return matches
}

// walks returns what is typed by going from a key to the next on a keyboard. A key is neighbour to the strings of its entry, each of
// which has the sign of the key and that with shift.
func walks(password string, keyboard adjacency.Graph) []match.Match {
	var matches []match.Match
	for i := 0; i < len(password); {
		j, direction, turns, shifted := i+1, -1, 0, 0
		for ; j < len(password); j++ {
			to, shift := step(keyboard, password[j-1], password[j])
			if to < 0 {
				break
			}
			if shift {
				shifted++
			}
			if to != direction {
				turns++
			}
			direction = to
		}
		if j-i > 2 {
			m := match.Match{Pattern: "spatial", I: i, J: j - 1, Token: password[i:j], DictionaryName: keyboard.Name}
			m.Entropy = entropy.SpatialEntropy(m, turns, shifted)
			matches = append(matches, m)
		}
		i = j
	}
	return matches
}

// step returns the direction from a key to its neighbour, and whether that is typed with shift; or -1.
func step(keyboard adjacency.Graph, from, to byte) (direction int, shift bool) {
	for direction, neighbour := range keyboard.Graph[string(rune(from))] {
		if at := strings.IndexByte(neighbour, to); at >= 0 {
			return direction, at == 1
		}
	}
	return -1, false
}

// repetitions returns each sign that stands three times and more.
func repetitions(password string) []match.Match {
	var matches []match.Match
	for i := 0; i < len(password); {
		_, size := utf8.DecodeRuneInString(password[i:])
		j := i + size
		for j+size <= len(password) && strings.EqualFold(password[j:j+size], password[i:i+size]) {
			j += size
		}
		if j-i > 2*size {
			m := match.Match{Pattern: "repeat", I: i, J: j - 1, Token: password[i:j]}
			m.Entropy = entropy.RepeatEntropy(m)
			matches = append(matches, m)
		}
		i = j
	}
	return matches
}

// sequences returns what goes up or down the alphabet or the digits.
func sequences(password string) []match.Match {
	var matches []match.Match
	for i := 0; i+1 < len(password); {
		ascending, j := password[i+1] == password[i]+1, i+1
		for j < len(password) && alphabet(password[j]) > 0 && alphabet(password[j]) == alphabet(password[j-1]) &&
			(ascending && password[j] == password[j-1]+1 || !ascending && password[j] == password[j-1]-1) {
			j++
		}
		if j-i > 2 {
			m := match.Match{Pattern: "sequence", I: i, J: j - 1, Token: password[i:j]}
			m.Entropy = entropy.SequenceEntropy(m, alphabet(password[i]), ascending)
			matches = append(matches, m)
		}
		i = j
	}
	return matches
}

// alphabet returns how many signs there are of the kind of c, or 0 where they have no order. A capital has another number than the letter
// below it, so that no sequence goes from one to the other.
func alphabet(c byte) int {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return 26
	case c >= '0' && c <= '9':
		return 10
	}
	return 0
}

var (
	yearFirst = regexp.MustCompile(`^(19\d\d|20\d\d|\d\d)[\s\-/\\_.](\d{1,2})[\s\-/\\_.](\d{1,2})`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})[\s\-/\\_.](\d{1,2})[\s\-/\\_.](19\d\d|20\d\d|\d\d)`)
	digitRun  = regexp.MustCompile(`\d{4,8}`)
)

// dates returns days, with the year first or last, with separators and without.
func dates(password string) []match.Match {
	var matches []match.Match
	add := func(from, to int, separator, year, one, other string) {
		d := match.DateMatch{Year: number(year), Month: number(one), Day: number(other), Separator: separator}
		if min(d.Month, d.Day) > 12 || max(d.Month, d.Day) > 31 {
			return // either may be the month
		}
		matches = append(matches, match.Match{Pattern: "date", I: from, J: to - 1, Token: password[from:to], Entropy: entropy.DateEntropy(d)})
	}
	for i := range password {
		if d := yearFirst.FindStringSubmatch(password[i:]); d != nil {
			add(i, i+len(d[0]), "-", d[1], d[2], d[3])
		}
		if d := yearLast.FindStringSubmatch(password[i:]); d != nil {
			add(i, i+len(d[0]), "-", d[3], d[1], d[2])
		}
	}
	for _, at := range digitRun.FindAllStringIndex(password, -1) {
		run := password[at[0]:at[1]]
		if n := len(run); n == 6 || n == 8 {
			add(at[0], at[1], "", run[:n-4], run[n-4:n-2], run[n-2:])
			add(at[0], at[1], "", run[4:], run[:2], run[2:4])
		}
	}
	return matches
}

// number reads at most four digits.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // a fault of the patterns would make it 0
	return n
}
