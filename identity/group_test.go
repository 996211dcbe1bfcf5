package identity

import (
	"strings"
	"testing"
)

func TestTheBoundsOfAGroup(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		group Group
		field string
	}{
		"good":              {Group{Name: strings.Repeat("x", maxGroupName), Description: "two\nlines"}, ""},
		"other scripts":     {Group{Name: "開発 – Öst"}, ""},
		"no name":           {Group{}, "name"},
		"a long name":       {Group{Name: strings.Repeat("x", maxGroupName+1)}, "name"},
		"a slash":           {Group{Name: "a/b"}, "name"},
		"a space at an end": {Group{Name: "a "}, "name"},
		"a line break":      {Group{Name: "a\nb"}, "name"},
		"invisible":         {Group{Name: "a\u202eb"}, "name"},
		"a long text":       {Group{Name: "a", Description: strings.Repeat("x", maxDescription+1)}, "description"},
	} {
		err := c.group.Check()
		if (err == nil) != (c.field == "") || err != nil && AsError(err).Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPathHasTheNames(t *testing.T) {
	t.Parallel()
	if got := GroupPath(Group{Name: "a"}, Group{Name: "b c"}); got != "/a/b c" {
		t.Error(got)
	}
	for path, want := range map[string]int{"/a/b c": 2, "/1/2/3/4/5": 5, "/1/2/3/4/5/6": -1, "a/b": -1, "": -1, "/" + strings.Repeat("x", 1000): -1} {
		if names, ok := SplitGroupPath(path); ok != (want > 0) || ok && len(names) != want {
			t.Errorf("%q: %q, %v", path, names, ok)
		}
	}
}
