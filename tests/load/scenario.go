package main

import (
	"context"
	"slices"
)

// scenario is one thing to measure.
type scenario struct {
	name       string // in files, on the command line
	title      string // in tables
	operations int    // measured ones
	warmUp     int    // before
	few        int    // connections, where all of them would only wait for each other; 0 means all
	hashes     bool   // passwords, which take memory
	// do does one operation. n is different for every one of the scenario, also of the warm-up, and starts at 0.
	do func(ctx context.Context, c *connection, n int) error
}

func (w *world) scenarios() []scenario {
	return slices.Concat(w.protocolScenarios(), w.oauthScenarios(), w.graphQLScenarios(), w.adminScenarios(), []scenario{w.passwordScenario()})
}

// passwordScenario comes last, because of the memory.
func (w *world) passwordScenario() scenario {
	return scenario{
		name: "sign_in_password", title: "sign-in whole, Argon2id (5 requests)", operations: people - connections, warmUp: connections, hashes: true,
		do: func(ctx context.Context, c *connection, n int) error { return c.signIn(ctx, w.usernames[n]) },
	}
}
