package translation

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// fact is what a text of a message names.
var fact = regexp.MustCompile(`\.(?:[A-Z][A-Za-z]*)`)

// placeholders are the verbs and facts of a text, in one order: translations may have another. A numbered verb is the same.
func placeholders(text string) []string {
	list := append(verb.FindAllString(text, -1), fact.FindAllString(text, -1)...)
	for i, p := range list {
		if at := strings.IndexByte(p, ']'); at >= 0 {
			list[i] = "%" + p[at+1:]
		}
	}
	slices.Sort(list)
	return list
}

// TestEveryTextIsThereInEveryLanguage, with the same placeholders, the forms of number that the language has, and no markup.
func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range languages[1:] {
		texts, err := read(l.Code)
		if err != nil {
			t.Fatal(err)
		}
		for key := range known() {
			if _, there := texts[key]; !there {
				t.Errorf("%s lacks %q", l.Code, key)
			}
		}
		for key, f := range texts {
			if !Knows(key) {
				t.Errorf("only %s has %q", l.Code, key)
			}
			for category, text := range f {
				if got, want := placeholders(text), placeholders(key); !slices.Equal(got, want) && category != "one" {
					t.Errorf("%s: %q has %v, %q has %v", l.Code, text, got, key, want)
				}
				if strings.ContainsAny(text+key, "<>&") || strings.TrimSpace(text) != text || text == "" {
					t.Errorf("%s: %q is not a text alone", l.Code, text)
				}
			}
			if _, plural := f["other"]; plural != (f[""] == "") || plural && (l.Code != "ja") != (f["one"] != "") {
				t.Errorf("%s: the forms of %q are %v", l.Code, key, f)
			}
		}
	}
	english, err := read("en")
	if err != nil {
		t.Fatal(err)
	}
	for key, f := range english {
		if !Knows(key) {
			t.Errorf("only en has %q", key)
		}
		if f["other"] != key || f["one"] == "" {
			t.Errorf("en: %q is not the text for many: %v", key, f)
		}
	}
}

func TestWordsAreSaid(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 4, 5, 6, 0, time.UTC)
	for _, c := range []struct{ code, one, many, order, time string }{
		{"en", "You have one code left.", "You have 3 codes left.", "Recovery codes of a at b, each for one sign-in:", "1 March 2026, 04:05 UTC"},
		{"de", "Sie haben noch einen Code.", "Sie haben noch 3 Codes.", "Wiederherstellungscodes von a bei b, jeder für eine Anmeldung:", "1. März 2026, 04:05 UTC"},
		{"es", "Le queda un código.", "Le quedan 3 códigos.", "Códigos de recuperación de a en b, cada uno para un inicio de sesión:", "1 de marzo de 2026, 04:05 UTC"},
		{"fr", "Il vous reste 1 code.", "Il vous reste 3 codes.", "Codes de récupération de a chez b, chacun pour une connexion\u00a0:", "1 mars 2026 à 04:05 UTC"},
		{"ja", "残りのコードは 1 個です。", "残りのコードは 3 個です。", "b における a のリカバリーコード（各コードでサインイン1回）:", "2026年3月1日 04:05 UTC"},
		{"nb", "Du har én kode igjen.", "Du har 3 koder igjen.", "Gjenopprettingskoder for a hos b, hver til én pålogging:", "1. mars 2026 kl. 04:05 UTC"},
	} {
		w := In(c.code)
		for _, said := range [][2]string{
			{w.Say("You have %d codes left.", 1), c.one},
			{w.Say("You have %d codes left.", 3), c.many},
			{w.Say("Recovery codes of %s at %s, each for one sign-in:", "a", "b"), c.order},
			{w.Time(at), c.time},
		} {
			if said[0] != said[1] {
				t.Errorf("%s: %q, want %q", c.code, said[0], said[1])
			}
		}
	}
	if In("xx").Code != "en" {
		t.Error("a language that there is not is not English")
	}
	if got := In("de").Say("50% off"); got != "50% off" {
		t.Errorf("got %q", got)
	}
}

func TestWishesAreMatched(t *testing.T) {
	t.Parallel()
	for wishes, want := range map[string]string{
		"": "", "de": "de", "de-AT": "de", "DE": "de", "fr-CA, de": "fr", "en;q=0.5, ja;q=0.9": "ja", "nn": "nb", "no": "nb", "nb-NO": "nb",
		"xx": "", "xx de": "de", "se, de;q=0.1": "de", "zh-Hant": "", "*": "", "de;q=0": "", "de;q=x": "", ";;;,,, ,": "", "es-419": "es",
		"\x00": "", "../../etc": "", "<script>": "", "sv nb": "nb",
		strings.Repeat("x", 250) + ",de":     "",   // behind the bound
		"fr," + strings.Repeat("zh,", 1<<20): "fr", // before it
		strings.Repeat("zh,", 10) + "de":     "",   // the eleventh
	} {
		if got := Match(wishes); got != want {
			t.Errorf("%.40q: got %q, want %q", wishes, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, wishes := range []string{"de-AT,de;q=0.9,en;q=0.8", "nb nn no", "*", "x-klingon", "en-US-u-va-posix;q=1.000"} {
		f.Add(wishes)
	}
	f.Fuzz(func(t *testing.T, wishes string) {
		if code := Match(wishes); code != "" && !slices.Contains(Codes(), code) {
			t.Errorf("%q is no language", code)
		}
	})
}
