package tests

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// vocabulary is a part of a private language that the code does not speak any more, each word with the field's term for
// it. A word of the second map and a phrase are also looked for in comments.
type vocabulary struct {
	folders  []string          // with those below them; none means the whole module
	declared map[string]string // names of types, functions, methods, package variables and constants
	words    map[string]string // parts of any identifier ("shelf" in newShelf), and words of comments
	phrases  map[string]string // in comments
}

// spoken is what holds today. A word goes here in the commit that removes it from the code.
var spoken = []vocabulary{
	{
		words: map[string]string{
			"baton": "batch, leader", "strung": "idStrings", "storable": "validText", "legible": "sanitize", "texted": "idList",
		},
		phrases: map[string]string{"tells whether": "reports whether", "tell whether": "report whether", "gives the": "returns the"},
	},
	{
		folders: []string{"store"},
		declared: map[string]string{
			// Group commit.
			"group": "groupCommit", "turn": "ticket", "shared": "batch", "member": "write", "joining": "nextFollower", "leave": "release",
			// A write with its insertion.
			"pair": "writeAndInsert", "following": "insertIfChanged", "beside": "insertAlso", "paired": "newWriteAndInsert",
			// Columns and rows.
			"layout": "rowMapping", "place": "scanDestination", "places": "scanDestinations", "derived": "writeOnly",
			"text": "nullString", "truth": "nullBool", "number": "nullInt", "key": "nullUUID", "instant": "nullTime",
			"document": "jsonColumn", "full": "emptyIfNil", "trim": "nilIfEmpty", "moment": "utc", "optional": "nilIfZero",
			"anys": "toAnys", "refuse": "checkText",
			// Lists.
			"beyond": "afterCursor", "cut": "paginate", "slice": "listPage", "owned": "childTable", "newest": "latestPerOwner",
			"everybody": "alwaysTrue", "nobody": "alwaysFalse", "moments": "timeConditions", "listed": "listRow",
			// Others.
			"standing": "grantStatus", "keep": "save, retain", "kept": "stored", "life": "lifetime", "told": "notified",
			// Tests.
			"no": "noError", "is": "wantErr", "same": "equal", "held": "storedGrant",
		},
		words: map[string]string{
			"answer": "result, return", "answers": "returns", "answered": "returned", "owe": "enqueue", "owed": "pending",
			"tells": "returns, reports", "told": "notified, returned", "kept": "stored, retained",
		},
		phrases: map[string]string{"gives": "returns", "keeps": "stores"},
	},
	{
		words: map[string]string{
			"shelf": "entry, binding", "bump": "invalidate", "bumps": "invalidations", "doubt": "suspicion (of a failure detector)",
			"doubts": "suspects", "unkept": "uncacheable", "surveyor": "measure", "owe": "enqueue", "owes": "enqueues",
			"owed": "pending, enqueued",
		},
	},
	{
		folders: []string{"internal/cache"},
		declared: map[string]string{
			"Bump": "Invalidate", "BumpAll": "InvalidateAll", "names": "tags", "stamp": "version", "tell": "publish",
			"hear": "subscribe", "heard": "received", "hearing": "subscribed", "sure": "healthy", "silence": "missedHeartbeats",
			"told": "notified", "writes": "invalidatingStore", "Memory": "LocalCache", "Answers": "ResponseCache", "Peek": "Lookup",
		},
	},
	{folders: []string{"internal/cookie"}, declared: map[string]string{"Jar": "SessionCookie"}},
	{
		folders: []string{"graph"},
		declared: map[string]string{
			"keeping": "cachePolicy", "keeper": "policyWalker", "lives": "maxAge", "shows": "typeTags", "answered": "cached",
			"need": "requirement", "checkNeeds": "checkScopes", "survey": "measure", "extent": "documentStats", "Together": "Load",
			"question": "batchKey", "nothing": "noErrors", "missing": "requiredError", "shownOnce": "secretOrNull", "several": "isBulk",
			"keep": "requireNonNull",
		},
	},
	{
		folders: []string{"identity"},
		declared: map[string]string{
			"Holding": "GrantWithUser", "Standing": "GrantStatus", "Redeemed": "Issuance", "Started": "SignInResult",
			"Slice": "KeysetRange", "Listed": "ListRow", "Position": "CursorKey", "Draft": "Interaction", "Park": "Save",
			"Unpark": "Load", "Resume": "Load", "Pending": "Interaction", "mayHold": "eligibility", "endThese": "terminate",
			"endOf": "terminate", "lossOf": "reason", "oweLogouts": "enqueueLogouts", "no": "noError",
			"endAccess": "revokeAllAccess", "endSessions": "terminateSessions", "lost": "revocationReason", "once": "runIdempotent",
			"onceUser": "runIdempotent", "require": "requireScope", "assign": "setIfGiven", "Removed": "DeletedCounts",
			"Ended": "RevokedCounts", "UserStoreAdmin": "AdminUserStore", "SessionStoreAdmin": "AdminSessionStore",
			"SubjectUser": "CacheTagUser",
		},
		words: map[string]string{"answers": "returns", "kept": "stored, retained", "life": "lifetime, lifecycle, ttl"},
	},
	{
		folders: []string{"oauth", "web"},
		declared: map[string]string{
			"lead": "redirectTo", "proceed": "resume", "enter": "loadInteraction", "visit": "pageContext", "decide": "submitConsent",
			"moment": "formatTime", "refuse": "writeError",
		},
	},
}

func TestVocabulary(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		if file.path == "tests/vocabulary_test.go" {
			continue
		}
		for _, fault := range wordFaults(t, file.path, file.folder, file.content, spoken) {
			t.Error(fault)
		}
	}
}

// TestTheVocabularyRefuses speaks every word of every list once.
func TestTheVocabularyRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range spoken {
		folder := "anywhere"
		if len(v.folders) > 0 {
			folder = v.folders[0] + "/below"
		}
		refuses := func(word, source string) {
			t.Helper()
			if faults := wordFaults(t, "x.go", folder, []byte("package x\n"+source), []vocabulary{v}); len(faults) == 0 {
				t.Errorf("%q passes in %s", word, source)
			}
		}
		for word := range v.declared {
			for _, source := range []string{"type %s int", "func %s() {}", "func (T) %s() {}", "var a, %s int"} {
				refuses(word, fmt.Sprintf(source, word))
			}
		}
		for word := range v.words {
			refuses(word, "var "+word+"Of = 1")
			refuses(word, "func f(the"+strings.ToUpper(word[:1])+word[1:]+"2 int) {}")
			refuses(word, "// f has a "+word+".\nfunc f() {}")
		}
		for phrase := range v.phrases {
			refuses(phrase, "// f "+strings.Replace(phrase, " ", "\n// ", 1)+" end.\nfunc f() {}")
		}
	}
	const plain = "// nobody whole, of a placement.\nfunc f(text string) (key int) { number := 1; return number }"
	if faults := wordFaults(t, "x.go", "store", []byte("package x\n"+plain), spoken); len(faults) > 0 {
		t.Errorf("ordinary English is refused: %v", faults)
	}
}

// wordFaults lists the words of a file that no package of its folder may use.
func wordFaults(t *testing.T, path, folder string, content []byte, lists []vocabulary) []string {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("parse %s: %v", path, err)
	}
	var faults []string
	var names []*ast.Ident
	ast.Inspect(parsed, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			names = append(names, name)
		}
		return true
	})
	comments := make([]string, len(parsed.Comments))
	for i, comment := range parsed.Comments {
		comments[i] = " " + strings.Join(proseWord.FindAllString(strings.ToLower(comment.Text()), -1), " ") + " "
	}
	for _, v := range lists {
		if !v.concerns(folder) {
			continue
		}
		report := func(at token.Pos, found, instead string) {
			faults = append(faults, fmt.Sprintf("%s:%d: %q is a private word, say %s", path, files.Position(at).Line, found, instead))
		}
		for _, name := range declaredNames(parsed) {
			if instead, ok := v.declared[name.Name]; ok {
				report(name.Pos(), name.Name, instead)
			}
		}
		for _, name := range names {
			for _, word := range identifierWords(name.Name) {
				if instead, ok := v.words[word]; ok {
					report(name.Pos(), name.Name, instead)
				}
			}
		}
		for _, list := range []map[string]string{v.words, v.phrases} {
			for _, word := range slices.Sorted(maps.Keys(list)) {
				for i, text := range comments {
					if strings.Contains(text, " "+word+" ") {
						report(parsed.Comments[i].Pos(), word, list[word])
					}
				}
			}
		}
	}
	return faults
}

var proseWord = regexp.MustCompile(`[\pL\pN']+`)

func (v vocabulary) concerns(folder string) bool {
	return len(v.folders) == 0 || slices.ContainsFunc(v.folders, func(root string) bool {
		return folder == root || strings.HasPrefix(folder, root+"/")
	})
}

// declaredNames lists what a file declares for its package. Fields, parameters and local variables may have ordinary
// names.
func declaredNames(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.ValueSpec:
					names = append(names, s.Names...)
				case *ast.TypeSpec:
					names = append(names, s.Name)
				}
			}
		}
	}
	return names
}

// identifierWords splits an identifier at its capitals and digits: "newShelf" is "new" and "shelf".
func identifierWords(name string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	last := ' '
	for _, r := range name {
		if !unicode.IsLetter(r) || unicode.IsUpper(r) && !unicode.IsUpper(last) {
			flush()
		}
		if unicode.IsLetter(r) {
			word.WriteRune(r)
		}
		last = r
	}
	flush()
	return words
}
