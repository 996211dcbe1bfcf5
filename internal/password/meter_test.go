package password

import (
	"math"
	"testing"

	"github.com/ccojocar/zxcvbn-go"
)

// TestStrengthIsThatOfTheLibrary for passwords put together from what it looks for. It has matchers of its own, which are to be replaced
// without anybody's noticing.
func TestStrengthIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"password", "Smith", "JENNIFER", "dragon", "xylophone", "tRacTor", "magdalena", "authly", // words
		"qwerty", "dfghj", "ZXCVB", "aoeui", // walks
		"aaaa", "BbbB", "777", "abcdef", "FEDC", "wxyz", "34567", "8765", // repetitions and sequences
		"q", "Kx", "vjw", "zzq", "Yp", "hqg",
	}
	personal := []string{"magdalena", "authly"}
	for _, password := range pairs(pieces, append(pieces, "", "tractorqwerty777x")) {
		got, want := strength(password, personal), zxcvbn.PasswordStrength(password, personal)
		if math.Abs(got.Entropy-want.Entropy) > 0.01 || got.Score != want.Score {
			t.Errorf("%s: %.3f bits, %d; the library has %.3f bits, %d", password, got.Entropy, got.Score, want.Entropy, want.Score)
		}
	}
}

// pairs are each of the first with each of the second behind it.
func pairs(first, second []string) []string {
	var all []string
	for _, a := range first {
		for _, b := range second {
			all = append(all, a+b)
		}
	}
	return all
}

// TestStrengthIsNeverMore than that of the library where signs stand for letters, of which it reads one way at a time, and at the end of
// what has a date.
func TestStrengthIsNeverMore(t *testing.T) {
	t.Parallel()
	pieces := []string{"p@ssw0rd", "dr4gon", "$m1th", "l1vv|e", "7r@c+or", "c(het", "4@8", "!|1", "plum", "Q", "#", "-", "x9"}
	dates := []string{"", "1987-12-24", "24.12.1987", "3/4/87", "241287", "19871224", "2031_1_2"}
	for _, password := range append(pairs(pieces, dates), pairs(pieces, pieces)...) {
		got, most := strength(password, nil), zxcvbn.PasswordStrength(password, nil)
		if got.Entropy > most.Entropy+0.01 {
			t.Errorf("%s: %.3f bits, the library has %.3f", password, got.Entropy, most.Entropy)
		}
	}
}

// TestWhatTheMeterFinds, where the library finds less.
func TestWhatTheMeterFinds(t *testing.T) {
	t.Parallel()
	for password, most := range map[string]float64{
		"p@ssw4rd":                 1,  // two signs for one letter
		"24.12.2031":               19, // a date at the end, and after 2019
		"2031-12-24":               19,
		"241231":                   16,
		"кккккккккк":               10,
		"magdalena" + "24.12.2031": 20,
	} {
		if got := strength(password, []string{"passward", "magdalena"}).Entropy; got > most {
			t.Errorf("%s: %.3f bits, more than %.0f", password, got, most)
		}
	}
	for _, password := range []string{"31.13.2031", "45.45.2031", "24.12.1787"} {
		if got := strength(password, nil).Entropy; got < 20 {
			t.Errorf("%s: %.3f bits, as if there were such a day", password, got)
		}
	}
}

func TestTheDictionaries(t *testing.T) {
	t.Parallel()
	l := dictionaries()
	if n := len(l.ends); n < 70000 || len(l.ranks) != n {
		t.Fatalf("%d words, %d ranks", len(l.ends), len(l.ranks))
	}
	for i := range l.ends[1:] {
		if l.word(i) >= l.word(i+1) {
			t.Fatalf("%q stands before %q", l.word(i), l.word(i+1))
		}
	}
	for word, want := range map[string]uint16{"password": 1, "mary": 1, "jennifer": 6, l.word(0): l.ranks[0], "xqzzy": 0} {
		var rank uint16
		l.find(word+"~", func(length int, r uint16) {
			if length == len(word) {
				rank = r
			}
		})
		if rank != want {
			t.Errorf("%s: rank %d, want %d", word, rank, want)
		}
	}
}

// TestTheDictionariesAreSmall, which is why they are not the library's.
func TestTheDictionariesAreSmall(t *testing.T) {
	t.Parallel()
	l := dictionaries()
	if bytes := len(l.text) + 4*cap(l.ends) + 2*cap(l.ranks); bytes > 2<<20 {
		t.Errorf("%d bytes", bytes)
	}
}
