package model

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestABatchIsFetchedOnce(t *testing.T) {
	t.Parallel()
	b := NewBatch([]string{"a", "b", "a"})
	var calls [2]int
	fetch := func(call int) func([]string) (map[string]int, error) {
		return func(keys []string) (map[string]int, error) {
			calls[call]++
			if diff := cmp.Diff([]string{"a", "b"}, keys); diff != "" {
				t.Error(diff)
			}
			return map[string]int{"a": call}, nil
		}
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			got, err := Load(b, i%2, fetch(i%2))
			if err != nil || got["a"] != i%2 {
				t.Errorf("got %v %v", got, err)
			}
		})
	}
	all.Wait()
	if calls != [2]int{1, 1} {
		t.Errorf("calls: %v", calls)
	}
	broken := errors.New("broken")
	for range 2 {
		if _, err := Load(b, "broken", func([]string) (int, error) { return 0, broken }); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}
