package main

import (
	"context"
	"fmt"
	"time"
)

// The documents. The fields are those of a table in an admin's front end.
const (
	userFields   = `id username email active admin name createdAt activeSessionCount`
	userDocument = `query ($id: ID!) { user(by: {id: $id}) { ` + userFields + ` } }`
	listDocument = `query ($first: Int, $after: String, $filter: UserFilter, $search: String) {
		users(first: $first, after: $after, filter: $filter, search: $search) { pageInfo { hasNextPage endCursor } nodes { ` + userFields + ` } } }`
)

func (w *world) graphQLScenarios() []scenario {
	admin := func(n int) string { return w.admins[n%administrators] }
	users := func(ctx context.Context, c *connection, n, want int, variables map[string]any) error {
		var found struct {
			Users struct{ Nodes []struct{ ID string } }
		}
		if err := c.query(ctx, admin(n), listDocument, variables, &found); err != nil {
			return err
		}
		if got := len(found.Users.Nodes); got != want {
			return fmt.Errorf("%d users, want %d", got, want)
		}
		return nil
	}
	// A filter that everybody passes and that no other request has: the answer cannot be known.
	never := func(n int) map[string]any {
		return map[string]any{"createdAt": map[string]any{"gte": time.Unix(int64(n), 0).UTC().Format(time.RFC3339)}}
	}
	list := []scenario{
		{
			name: "graphql_typename", title: "GraphQL `{__typename}`", operations: 5000, warmUp: 300,
			do: func(ctx context.Context, c *connection, n int) error {
				var found struct{}
				return c.query(ctx, admin(n), `{__typename}`, nil, &found)
			},
		},
		{
			name: "graphql_user", title: "GraphQL, one user by id, each another", operations: 2100, warmUp: 200,
			do: func(ctx context.Context, c *connection, n int) error {
				var found struct{ User *struct{ ID string } }
				id := w.half[n].Node.ID
				err := c.query(ctx, admin(n), userDocument, map[string]any{"id": id}, &found)
				if err == nil && (found.User == nil || found.User.ID != id) {
					err = fmt.Errorf("no user %s", id)
				}
				return err
			},
		},
	}
	for _, size := range []struct{ users, operations int }{{20, 800}, {100, 250}} {
		name, title := fmt.Sprintf("graphql_users_%d", size.users), fmt.Sprintf("GraphQL, %d users with session counts", size.users)
		list = append(list,
			scenario{
				name: name, title: title + ", first page, never asked before", operations: size.operations, warmUp: 32,
				do: func(ctx context.Context, c *connection, n int) error {
					return users(ctx, c, n, size.users, map[string]any{"first": size.users, "filter": never(n)})
				},
			},
			scenario{
				name: name + "_deep", title: title + ", half way, never asked before", operations: size.operations, warmUp: 32,
				do: func(ctx context.Context, c *connection, n int) error {
					return users(ctx, c, n, size.users, map[string]any{"first": size.users, "after": w.half[n].Cursor})
				},
			},
			scenario{
				name: name + "_again", title: title + ", the same page again", operations: size.operations, warmUp: 32,
				do: func(ctx context.Context, c *connection, n int) error {
					return users(ctx, c, n, size.users, map[string]any{"first": size.users})
				},
			},
		)
	}
	return append(list, scenario{
		// The seeded username ends in a number of its own, and the address goes on with @.
		name: "search_one", title: "contains-search, one match", operations: 1000, warmUp: 50,
		do: func(ctx context.Context, c *connection, n int) error {
			number := n * 7919 % w.users // a prime: far apart
			return users(ctx, c, n, 1, map[string]any{"first": 20, "search": fmt.Sprintf(".%d@", number)})
		},
	}, scenario{
		name: "search_many", title: "contains-search, one of 26 matches, newest 20 (4 connections)", operations: 60, warmUp: 8, few: 4,
		do: func(ctx context.Context, c *connection, n int) error {
			return users(ctx, c, n, 20, map[string]any{"first": 20, "search": "olga", "filter": never(n)})
		},
	})
}
