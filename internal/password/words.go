package password

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ccojocar/zxcvbn-go/adjacency"
	"github.com/ccojocar/zxcvbn-go/data"
)

// wordList has words in lower case with their ranks, in one text: a map of the dictionaries would take six times the memory.
type wordList struct {
	text  string   // the words one after the other, sorted
	ends  []uint32 // of each word in the text
	ranks []uint16 // how common each word is, from 1
}

// dictionaries returns the names, English words and passwords of zxcvbn, each with the best of its ranks. They are read when the first
// password is set.
var dictionaries = sync.OnceValue(func() *wordList {
	ranks := map[string]uint16{}
	for _, name := range []string{"MaleNames", "FemaleNames", "Surnames", "English", "Passwords"} {
		var list struct{ List []string }
		if err := json.Unmarshal(data.MustAsset("data/"+name+".json"), &list); err != nil {
			panic("password: " + name + ": " + err.Error())
		}
		addRanks(ranks, list.List)
	}
	return newWordList(ranks)
})

// addRanks ranks words by their order, the first as 1, and leaves a better rank.
func addRanks(ranks map[string]uint16, words []string) {
	for i, word := range words {
		if rank, known := ranks[word]; !known || int(rank) > i+1 {
			ranks[word] = uint16(i + 1) // the longest list has 40 583 words
		}
	}
}

func newWordList(ranks map[string]uint16) *wordList {
	l := &wordList{ends: make([]uint32, 0, len(ranks)), ranks: make([]uint16, 0, len(ranks))}
	var text strings.Builder
	for _, word := range slices.Sorted(maps.Keys(ranks)) {
		text.WriteString(word)
		l.ends = append(l.ends, uint32(text.Len())) //nolint:gosec // all words are less than a megabyte
		l.ranks = append(l.ranks, ranks[word])
	}
	l.text = text.String()
	return l
}

// word returns one by its place in the order.
func (l *wordList) word(i int) string {
	start := uint32(0)
	if i > 0 {
		start = l.ends[i-1]
	}
	return l.text[start:l.ends[i]]
}

// span is a part of a list: words that begin with the same bytes.
type span struct{ from, to int }

func (l *wordList) all() span { return span{0, len(l.ends)} }

// narrow returns the words of s that have c behind their first n bytes, which all of them share.
func (l *wordList) narrow(s span, n int, c byte) span {
	from := l.search(s, n, c)
	return span{from, l.search(span{from, s.to}, n, c+1)}
}

// search returns the first word of s that has c or a greater byte behind its first n.
func (l *wordList) search(s span, n int, c byte) int {
	for s.from < s.to {
		middle := int(uint(s.from+s.to) >> 1)
		if word := l.word(middle); len(word) > n && word[n] >= c {
			s.to = middle
		} else {
			s.from = middle + 1
		}
	}
	return s.from
}

// substitutes are the letters that each sign is written in the place of (4 for a).
var substitutes = sync.OnceValue(func() map[byte][]byte {
	letters := map[byte][]byte{}
	for letter, signs := range adjacency.GraphMap["l33t"].Graph {
		for _, sign := range signs {
			letters[sign[0]] = append(letters[sign[0]], letter[0])
		}
	}
	return letters
})

// find calls found for each word of the list that text begins with, with its length and rank. Each sign of text may stand for itself or for
// a letter. Only beginnings of words are looked into, so what it takes does not grow with the ways in which text can be read.
func (l *wordList) find(text string, found func(length int, rank uint16)) {
	l.from(text, l.all(), 0, found)
}

func (l *wordList) from(text string, s span, n int, found func(int, uint16)) {
	if s.from < s.to && n > 0 && len(l.word(s.from)) == n { // the shortest is the first
		found(n, l.ranks[s.from])
	}
	if s.from >= s.to || n >= len(text) {
		return
	}
	l.from(text, l.narrow(s, n, text[n]), n+1, found)
	for _, letter := range substitutes()[text[n]] {
		l.from(text, l.narrow(s, n, letter), n+1, found)
	}
}
