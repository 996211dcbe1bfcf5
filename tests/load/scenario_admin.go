package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// The documents, with what a table or a page of an admin's front end shows.
const (
	clientDocument = `query ($id: ID!) { client(by: { id: $id }) {
		id clientId name description active builtIn public uri logoUri policyUri tosUri contacts applicationType redirectUris
		postLogoutRedirectUris grantTypes responseTypes tokenEndpointAuthMethod tokenEndpointAuthSigningAlg scopes jwks jwksUri
		idTokenSignedResponseAlg userinfoSignedResponseAlg accessTokenSignedResponseAlg subjectType defaultMaxAge requireAuthTime
		backchannelLogoutUri backchannelLogoutSessionRequired softwareId softwareVersion requirePkce refreshTokenRotation skipConsent
		serviceAdmin accessTokenTtl idTokenTtl refreshTokenTtl assertionAudience audiences idTokenClaims defaultResource groupsClaim
		groupsPrefix rolesClaim rolesPrefix ownRolesOnly advice { rule standard clause field problem repair }
		secrets { id createdAt expiresAt } roles { id name } version createdAt updatedAt } }`
	clientsDocument = `query ($filter: ClientFilter, $after: String) { rows: clients(first: 100, filter: $filter, after: $after) {
		pageInfo { hasNextPage endCursor } nodes { id clientId name active grantTypes tokenEndpointAuthMethod createdAt updatedAt
		usage { lastUsedAt tokens refusals } } } }`
	membersDocument = `query ($id: ID!, $after: String) { node(id: $id) { ... on Group { rows: members(first: 100, after: $after) {
		pageInfo { hasNextPage endCursor } nodes { ` + userFields + ` } } } } }`
	sessionsDocument = `query ($filter: SessionFilter) { rows: sessions(first: 20, filter: $filter) { pageInfo { hasNextPage endCursor }
		nodes { id createdAt lastActiveAt expiresAt active ip userAgent amr device { browser system kind } user { id username } } } }`
	grantsDocument = `query ($filter: GrantFilter) { rows: grants(first: 20, filter: $filter) { pageInfo { hasNextPage endCursor }
		nodes { id createdAt lastUsedAt expiresAt offline active scopes user { id username } client { id name } } } }`
	consentsDocument = `query ($filter: ConsentFilter) { rows: consents(first: 20, filter: $filter) { pageInfo { hasNextPage endCursor }
		nodes { id createdAt updatedAt scopes user { id username } client { id name } } } }`
	eventsDocument = `query ($filter: AuditEventFilter) { rows: auditEvents(first: 20, filter: $filter) { pageInfo { hasNextPage endCursor }
		nodes { id occurredAt actorKind actorName action targetKind targetName outcome ip requestId } } }`
	jobsDocument = `query ($filter: JobFilter) { rows: jobs(first: 20, filter: $filter) { pageInfo { hasNextPage endCursor }
		nodes { id kind state createdBy createdAt finishedAt progress counts { processed failed } } } }`
)

// rows asks for a list, which the document calls rows, and wants so many of them.
func (w *world) rows(ctx context.Context, c *connection, n, want int, document string, variables map[string]any) error {
	type list struct{ Nodes []json.RawMessage }
	var found struct {
		Rows list
		Node struct{ Rows list }
	}
	if err := c.query(ctx, w.admins[n%administrators], document, variables, &found); err != nil {
		return err
	}
	if got := len(found.Rows.Nodes) + len(found.Node.Rows.Nodes); got != want {
		return fmt.Errorf("%d rows, want %d", got, want)
	}
	return nil
}

func (w *world) adminScenarios() []scenario {
	list := []scenario{
		{
			name: "graphql_client", title: "GraphQL, one client by id with all its fields, each another", operations: 1000, warmUp: 100,
			do: func(ctx context.Context, c *connection, n int) error {
				var found struct{ Client *struct{ ID string } }
				err := c.query(ctx, w.admins[n%administrators], clientDocument, map[string]any{"id": w.clients[n]}, &found)
				if err == nil && (found.Client == nil || found.Client.ID != w.clients[n]) {
					err = fmt.Errorf("no client %s", w.clients[n])
				}
				return err
			},
		},
		{
			name: "graphql_clients_100", title: "GraphQL, 100 clients with their usage of 30 days", operations: 250, warmUp: 32,
			do: func(ctx context.Context, c *connection, n int) error {
				return w.rows(ctx, c, n, pageSize, clientsDocument, map[string]any{"filter": since("createdAt", n)})
			},
		},
	}
	members := func(name, where string, cursors *[]string) scenario {
		return scenario{
			name: name, title: "GraphQL, 100 members of a group that all users are in, " + where, operations: 250, warmUp: 32,
			do: func(ctx context.Context, c *connection, n int) error {
				return w.rows(ctx, c, n, pageSize, membersDocument, map[string]any{"id": w.group, "after": (*cursors)[n]})
			},
		}
	}
	list = append(list, members("graphql_members", "at the beginning", &w.firstMembers), members("graphql_members_deep", "half way", &w.halfMembers))
	return append(list, w.rootLists()...)
}

// since is a filter that everything passes and that no other request has: no cache knows the answer.
func since(field string, n int) map[string]any {
	return map[string]any{field: map[string]any{"gte": time.Unix(int64(n), 0).UTC().Format(time.RFC3339)}}
}

// rootLists are the lists of what all users have, whole and with a filter that selects a part.
func (w *world) rootLists() []scenario {
	with := func(filter map[string]any, field string, value any) map[string]any {
		filter[field] = value
		return filter
	}
	var list []scenario
	for _, l := range []struct {
		noun, document, part string
		all, filtered        func(n int) map[string]any
	}{
		{
			"sessions", sessionsDocument, "active ones",
			func(n int) map[string]any { return since("createdAt", n) },
			func(n int) map[string]any { return with(since("createdAt", n), "active", true) },
		},
		{
			"grants", grantsDocument, "active ones of a client that has half",
			func(n int) map[string]any { return since("createdAt", n) },
			func(int) map[string]any { return map[string]any{"client": w.busy, "active": true} },
		},
		{
			"consents", consentsDocument, "those of a client that has half",
			func(n int) map[string]any { return since("updatedAt", n) },
			func(int) map[string]any { return map[string]any{"client": w.busy} },
		},
		{
			"audit_events", eventsDocument, "of an action that one of 100 has",
			func(n int) map[string]any { return since("occurredAt", n) },
			func(n int) map[string]any { return with(since("occurredAt", n), "actions", []string{"user.unlocked"}) },
		},
		{
			"jobs", jobsDocument, "exports, one of three",
			func(int) map[string]any { return nil },
			func(int) map[string]any { return map[string]any{"kind": "USER_EXPORT"} },
		},
	} {
		for _, s := range []struct {
			name, title string
			filter      func(n int) map[string]any
		}{
			{"graphql_" + l.noun, "GraphQL, list of " + l.noun + ", newest 20", l.all},
			{"graphql_" + l.noun + "_part", "GraphQL, list of " + l.noun + ", newest 20, " + l.part, l.filtered},
		} {
			list = append(list, scenario{
				name: s.name, title: s.title, operations: 800, warmUp: 32,
				do: func(ctx context.Context, c *connection, n int) error {
					return w.rows(ctx, c, n, 20, l.document, map[string]any{"filter": s.filter(n)})
				},
			})
		}
	}
	return list
}
