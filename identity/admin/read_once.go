package admin

import (
	"context"
	"slices"
)

// readOnce is a list that is read once in a transaction, and follows what the transaction changes. A change that fails ends
// the transaction.
type readOnce[T any] struct {
	all  []T
	read bool
}

func (o *readOnce[T]) get(ctx context.Context, read func(context.Context) ([]T, error)) (all []T, err error) {
	if !o.read {
		o.all, err = read(ctx)
		o.read = err == nil
	}
	return o.all, err
}

// put replaces the element that is meant, or adds one.
func (o *readOnce[T]) put(element T, is func(T) bool) {
	if at := slices.IndexFunc(o.all, is); at >= 0 {
		o.all[at] = element
	} else if o.read {
		o.all = append(o.all, element)
	}
}

func (o *readOnce[T]) drop(is func(T) bool) { o.all = slices.DeleteFunc(o.all, is) }
