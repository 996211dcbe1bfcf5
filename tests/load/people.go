package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

const (
	seedPassword = "seed password of nobody 7" // of everybody whom authly seed makes up
	clientSecret = "a-client-secret-of-forty-characters-0001"
	callback     = "https://rp.example/callback" // nothing listens there, and nothing follows the redirect
	webClient    = "web"
	groupsClient = "groups"
	robotClient  = "robot"

	// administrators is how many clients share the work, because the admin API gives each of them so many points only. The
	// walk to the middle of a million users takes most.
	administrators = 256

	pageSize = 100
	spread   = 24 // pages half way down the list, whose users and cursors are remembered
	people   = 96 // who sign in with their password
)

// world is what the scenarios need to know.
type world struct {
	users       int
	connections []*connection
	admins      []string // access tokens for the admin API
	half        []userEdge
	group       string   // the id of the group that everybody is in
	clients     []string // ids of clients that were used
	busy        string   // the id of the client that has half of the grants

	firstMembers, halfMembers []string // cursors at the beginning of its members, and half way
	usernames                 []string // of people who can sign in
	live                      []tokens // of grants that are alive, made by the scenario silentSignIn
}

// userEdge is an id and where it stands in the list of users, newest first.
type userEdge struct {
	Cursor string
	Node   struct{ ID, Username string }
}

// declaration is what authly apply gets.
func declaration() string {
	var b strings.Builder
	fmt.Fprintf(&b, `scopes: [{name: reports, description: Read reports}]
clients:
  - {client_id: %s, client_name: Web, client_secret: %s, redirect_uris: ["%s"], grant_types: [authorization_code, refresh_token, "urn:ietf:params:oauth:grant-type:device_code"],
     response_types: [code], scope: openid profile email offline_access, skip_consent: true, id_token_signed_response_alg: ES256}
  - {client_id: %s, client_name: Groups, client_secret: %s, redirect_uris: ["%s"], grant_types: [authorization_code, refresh_token],
     response_types: [code], scope: openid offline_access groups, skip_consent: true,
     id_token_claims: true, id_token_signed_response_alg: ES256}
  - {client_id: %s, client_name: Robot, client_secret: %s, grant_types: [client_credentials], response_types: [], scope: reports}
`, webClient, clientSecret, callback, groupsClient, clientSecret, callback, robotClient, clientSecret)
	for i := range administrators {
		fmt.Fprintf(&b, "  - {client_id: %s, client_name: Admin, client_secret: %s, grant_types: [client_credentials], response_types: [], "+
			"scope: %q, service_admin: true}\n", adminClient(i), clientSecret, adminScopes)
	}
	return b.String()
}

// adminScopes are what the lists ask for.
const adminScopes = "admin:users:read admin:clients:read admin:groups:read admin:roles:read admin:sessions:read " +
	"admin:audit:read admin:jobs:read"

func adminClient(i int) string { return fmt.Sprintf("admin-%03d", i) }

func basic(clientID string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(clientID)+":"+url.QueryEscape(clientSecret)))
}

// prepare makes sessions and tokens with a server of its own, so that the measured one has not hashed any password.
func prepare(ctx context.Context, p program, users int) (w *world, err error) {
	s, _, err := p.start(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	w = &world{users: users}
	for range connections {
		w.connections = append(w.connections, newConnection(p.base))
	}
	first := w.connections[0]
	for i := range administrators {
		t, err := first.token(ctx, adminClient(i), url.Values{"grant_type": {"client_credentials"}, "scope": {adminScopes}})
		if err != nil {
			return nil, fmt.Errorf("token of an administrator: %w", err)
		}
		w.admins = append(w.admins, t.Access)
	}
	if err := w.findPeople(ctx, first); err != nil {
		return nil, fmt.Errorf("find people who can sign in: %w", err)
	}
	if err := w.walk(ctx, first); err != nil {
		return nil, fmt.Errorf("walk half way down the list of users: %w", err)
	}
	if err := w.findClients(ctx, first); err != nil {
		return nil, fmt.Errorf("find clients: %w", err)
	}
	if err := w.walkMembers(ctx, first); err != nil {
		return nil, fmt.Errorf("walk half way down the members of a group: %w", err)
	}
	for i, c := range w.connections {
		if err := c.signIn(ctx, w.usernames[i]); err != nil {
			return nil, fmt.Errorf("sign in: %w", err)
		}
		if c.grouped, err = c.silently(ctx, groupsClient); err != nil {
			return nil, fmt.Errorf("sign in for a token with groups: %w", err)
		}
	}
	return w, nil
}

// findPeople remembers the names of users who can sign in.
func (w *world) findPeople(ctx context.Context, c *connection) error {
	var found struct {
		Users struct{ Nodes []struct{ Username string } }
	}
	err := c.query(ctx, w.admins[0], `query ($n: Int) {
		users(first: $n, filter: {active: true, requiresPasswordChange: false, admin: false}) { nodes { username } } }`,
		map[string]any{"n": people}, &found)
	if err != nil {
		return err
	}
	for _, u := range found.Users.Nodes {
		w.usernames = append(w.usernames, u.Username)
	}
	if len(w.usernames) < people {
		return fmt.Errorf("only %d of %d", len(w.usernames), people)
	}
	return nil
}

// walk goes through half of the list of users, page by page, and remembers what the last pages hold.
func (w *world) walk(ctx context.Context, c *connection) error {
	pages := w.users / pageSize / 2
	var after *string
	for i := range pages {
		var found struct {
			Users struct {
				Edges    []userEdge
				PageInfo struct{ EndCursor string }
			}
		}
		document := `query ($after: String) { users(first: 100, after: $after) { pageInfo { endCursor } } }`
		if i >= pages-spread {
			document = `query ($after: String) { users(first: 100, after: $after) { pageInfo { endCursor } edges { cursor node { id username } } } }`
		}
		if err := c.query(ctx, w.admins[i%administrators], document, map[string]any{"after": after}, &found); err != nil {
			return err
		}
		after = &found.Users.PageInfo.EndCursor
		w.half = append(w.half, found.Users.Edges...)
	}
	return nil
}

// findClients remembers the ids of clients.
func (w *world) findClients(ctx context.Context, c *connection) error {
	var after *string
	for i := range spread {
		var found struct {
			Client  struct{ ID string }
			Clients struct {
				Nodes    []struct{ ID string }
				PageInfo struct{ EndCursor string }
			}
		}
		err := c.query(ctx, w.admins[i], `query ($name: String!, $after: String) { client(by: { clientId: $name }) { id }
			clients(first: 100, after: $after, search: "app-") { nodes { id } pageInfo { endCursor } } }`,
			map[string]any{"name": firstClient, "after": after}, &found)
		if err != nil {
			return err
		}
		for _, n := range found.Clients.Nodes {
			w.clients = append(w.clients, n.ID)
		}
		w.busy, after = found.Client.ID, &found.Clients.PageInfo.EndCursor
	}
	return nil
}

// walkMembers goes through half of the members of the group of everybody, and remembers where the last pages end.
func (w *world) walkMembers(ctx context.Context, c *connection) error {
	pages := w.users / pageSize / 2
	var after *string
	for i := range pages {
		var found struct {
			Group struct {
				ID      string
				Members struct {
					Edges    []struct{ Cursor string }
					PageInfo struct{ EndCursor string }
				}
			}
		}
		fields := "pageInfo { endCursor }"
		if i < spread || i >= pages-spread {
			fields += " edges { cursor }"
		}
		document := `query ($after: String) { group(by: { path: "/` + everybody + `" }) {
			id members(first: 100, after: $after) { ` + fields + ` } } }`
		if err := c.query(ctx, w.admins[i%administrators], document, map[string]any{"after": after}, &found); err != nil {
			return err
		}
		w.group, after = found.Group.ID, &found.Group.Members.PageInfo.EndCursor
		for _, e := range found.Group.Members.Edges {
			if i < spread {
				w.firstMembers = append(w.firstMembers, e.Cursor)
			} else {
				w.halfMembers = append(w.halfMembers, e.Cursor)
			}
		}
	}
	return nil
}
