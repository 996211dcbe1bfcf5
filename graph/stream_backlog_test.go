package graph

import (
	"strconv"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestWhoIsFarBehindSharesWhatIsRead: followers who come from before what the feed remembers are told everything, in portions
// of any size, and read the database together.
func TestWhoIsFarBehindSharesWhatIsRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		const events, followers = 3_100, 20
		feed, ctx := a.services.AuditFeed, a.system(t)
		first, err := feed.Follow(ctx, identity.AuditFilter{}, "")
		check(t, err)
		defer first.Close()
		beginning := first.Cursor()
		for from := 0; from < events; from += 100 {
			var names []string
			for i := range 100 {
				names = append(names, strconv.Itoa(from+i))
			}
			a.happens(t, names...)
		}
		read := func(f admin.Follower[*identity.AuditEvent], limit int) (names []string) {
			portion, err := f.Next(ctx, limit)
			check(t, err)
			for _, m := range portion.Messages {
				names = append(names, m.Item.TargetName)
			}
			return names
		}
		for heard := 0; heard < events; { // the feed has forgotten the first then
			more := len(read(first, events))
			if heard += more; more == 0 {
				<-first.Changed()
			}
		}
		var all []admin.Follower[*identity.AuditEvent]
		heard := make([][]string, followers)
		for range followers {
			f, err := feed.Follow(ctx, identity.AuditFilter{}, beginning)
			check(t, err)
			defer f.Close()
			all = append(all, f)
		}
		before := a.statements.Load()
		for len(heard[followers-1]) < events-1_000 {
			for i, f := range all {
				heard[i] = append(heard[i], read(f, 100+10*i)...)
			}
		}
		if spent := a.statements.Load() - before; spent > 100 { // alone they need 5 to 11 each, and the feed looks each second
			t.Errorf("%d followers needed %d statements", followers, spent)
		}
		for i, f := range all {
			for len(heard[i]) < events {
				heard[i] = append(heard[i], read(f, 250)...)
			}
			for n, name := range heard[i] {
				if name != strconv.Itoa(n) {
					t.Fatalf("follower %d heard %s as number %d", i, name, n)
				}
			}
		}
	})
}

// TestABlockThatIsNotWholeIsNotShared: who resumes at the end of the chain is told what is there, and what is added later to the
// same block; and so is the next one who begins there.
func TestABlockThatIsNotWholeIsNotShared(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	feed, ctx := a.services.AuditFeed, a.system(t)
	follow := func(after string) admin.Follower[*identity.AuditEvent] {
		f, err := feed.Follow(ctx, identity.AuditFilter{}, after)
		check(t, err)
		return f
	}
	number := 0
	told := func(f admin.Follower[*identity.AuditEvent], want int) {
		t.Helper()
		for heard := 0; heard < want; {
			portion, err := f.Next(ctx, 250)
			check(t, err)
			for _, m := range portion.Messages {
				if m.Item.TargetName != strconv.Itoa(number) {
					t.Fatalf("heard %s, not %d", m.Item.TargetName, number)
				}
				number++
				heard++
			}
			if len(portion.Messages) == 0 && !portion.More {
				<-f.Changed()
			}
		}
	}
	added := 0
	add := func(n int) {
		var names []string
		for range n {
			names = append(names, strconv.Itoa(added))
			added++
		}
		a.happens(t, names...)
	}
	before := follow("")
	beginning := before.Cursor()
	add(3)
	told(before, 3)
	before.Close() // nobody follows: the feed forgets everything
	first := follow(beginning)
	defer first.Close()
	number = 0
	told(first, 3)
	for range 12 {
		add(200)
	}
	told(first, 2_400)
	second := follow(beginning)
	defer second.Close()
	number = 0
	told(second, 2_403)
}
