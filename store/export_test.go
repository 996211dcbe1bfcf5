package store

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// Writer returns the writing connections to tests.
func (s *Store) Writer() *sql.DB { return s.writer.sql }

// Reader returns the reading connections to tests.
func (s *Store) Reader() *sql.DB { return s.reader.sql }

// ListUsersSQL returns the statement of Users.
func (s *Store) ListUsersSQL(q identity.UserQuery) (string, error) {
	f, err := s.withAttributes(context.Background(), s.userFilter(q), q.Filter)
	if err != nil {
		return "", err
	}
	query, err := s.selectUsers(q, f, func(f userFilter) condition { return f.search(q.Search) })
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// CountUsersSQL returns the statement that CountUsers counts the rows of.
func (s *Store) CountUsersSQL(q identity.UserQuery) string {
	return s.countUsers(q, s.userFilter(q), alwaysTrue).ColumnExpr("1").Limit(10).String()
}

// ListSessionsSQL returns the statement of Sessions.
func (s *Store) ListSessionsSQL(q identity.SessionQuery) (string, error) {
	query, err := s.listSessions(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// ListGrantsSQL returns the statement of Grants.
func (s *Store) ListGrantsSQL(q identity.GrantQuery) (string, error) {
	query, err := s.listGrants(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// ListConsentsSQL returns the statement of Consents.
func (s *Store) ListConsentsSQL(q identity.ConsentQuery) (string, error) {
	query, err := s.listConsents(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// ListClientsSQL returns the statement of ClientsPage.
func (s *Store) ListClientsSQL(q identity.ClientQuery) (string, error) {
	query, err := s.listClients(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// NamingSQL returns the statement of ClientsOfScopes.
func (s *Store) NamingSQL(names []string) string {
	return s.selectNaming(useOfScope, names, 26).String()
}

// ClientUsersSQL returns the statements of ClientUserLister, by name.
func (s *Store) ClientUsersSQL(ids []uuid.UUID, now time.Time) map[string]string {
	return map[string]string{
		"grants":          s.newestGrantsOfClients(ids, false, 11, now).String(),
		"active grants":   s.newestGrantsOfClients(ids, true, 11, now).String(),
		"sessions":        s.newestSessionsOfClients(ids, false, 11, now).String(),
		"active sessions": s.newestSessionsOfClients(ids, true, 11, now).String(),
		"consents":        s.latestConsentsOfClients(ids, 11).String(),
	}
}

// ListAuditSQL returns the statement of AuditEvents.
func (s *Store) ListAuditSQL(q identity.AuditQuery) (string, error) {
	query, err := s.listAudit(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// ListTransfersSQL returns the statement of Transfers.
func (s *Store) ListTransfersSQL(q identity.TransferQuery) (string, error) {
	query, err := s.listTransfers(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// NestedSQL returns the statements of NewestSessions, GrantsOfSessions, NewestGrants, NewestAuditOf, EndedSessions,
// TransfersChanged and AuditDays, by name.
func (s *Store) NestedSQL(ids []uuid.UUID, now time.Time) map[string]string {
	return map[string]string{
		"NewestSessions":        s.newestSessions(ids, false, 26, now).String(),
		"NewestSessions active": s.newestSessions(ids, true, 26, now).String(),
		"GrantsOfSessions":      s.grantsOfSessions(ids).String(),
		"NewestGrants":          s.newestGrants(ids, 26).String(),
		"NewestAuditOf":         s.newestAudit(ids, 26).String(),
		"EndedSessions":         s.endedSessions(ids, []time.Time{now}).String(),
		"TransfersChanged":      s.transfersChanged(now, 100).String(),
		"AuditDays":             s.auditDays(now, []identity.Action{identity.ActionSignedIn, identity.ActionSignInFailed}).String(),
	}
}

// HotSQL returns statements that requests wait for, with arguments.
func (s *Store) HotSQL(id uuid.UUID, now time.Time) map[string][]any {
	digests := []any{[]byte("a"), []byte("b")}
	return map[string][]any{
		grantStatus.text:                       {id, "jti", now},
		holdingByID.text:                       {id},
		holdingByCode(len(digests)).text:       digests,
		browserByDigest(len(digests)).text:     digests,
		interactionByDigest(len(digests)).text: digests,
		consentFor.text:                        {id, id},
		activeSessionsOfOne.text:               {id, now},
		s.activeSessions().text:                {s.dialect.set([]uuid.UUID{id}), now},
		endGrant.write.text:                    {id, id, now, "why"},
		s.claimJob().text:                      {now, now, s.dialect.texts([]string{"a", "b"}), s.dialect.texts(nil)},
		jobBacklogs.text:                       {now},
	}
}

// MigrateDown undoes every migration.
func (s *Store) MigrateDown(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, 0)
	return err
}

// MigrateTo applies or undoes migrations until the version is the last one.
func (s *Store) MigrateTo(ctx context.Context, version int64) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, version)
	return err
}

// Waiting returns how many writers are in the queue behind the open transaction.
func (s *Store) Waiting() int {
	s.commits.mu.Lock()
	defer s.commits.mu.Unlock()
	return len(s.commits.queue)
}

// CountTransactions counts the transactions that writers begin from now on.
func (s *Store) CountTransactions() *atomic.Int32 {
	var n atomic.Int32
	connect := s.commits.connect
	s.commits.connect = func(ctx context.Context) (bun.Conn, error) {
		n.Add(1)
		return connect(ctx)
	}
	return &n
}

// Short runs fn as a write that does not take long.
func (s *Store) Short(ctx context.Context, fn func(ctx context.Context, tx *Store) error) error {
	return s.unit(ctx, false, fn)
}

// ExecInTx runs a text in the transaction to which the store is bound.
func (s *Store) ExecInTx(ctx context.Context, text string) error {
	_, err := s.tx.Tx.ExecContext(ctx, text)
	return err
}

// WritesInWith reports whether WITH may have a statement that writes.
func (s *Store) WritesInWith() bool { return s.dialect.writesInWith() }

// ListGroupsSQL returns the statement of Groups.
func (s *Store) ListGroupsSQL(q identity.GroupQuery) (string, error) {
	query, err := s.listGroups(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// ListGroupMembersSQL returns the statement of GroupMembers.
func (s *Store) ListGroupMembersSQL(q identity.GroupMemberQuery) (string, error) {
	query, err := s.listGroupMembers(q)
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// NestedGroupSQL returns the statements of FirstChildren, NewestMembers and NewestMemberships, by name.
func (s *Store) NestedGroupSQL(group uuid.UUID, users ...uuid.UUID) map[string]string {
	return map[string]string{
		"FirstChildren":     s.firstChildren([]uuid.UUID{group}, 11).String(),
		"NewestMembers":     s.latestGroupMembers("group_id", []uuid.UUID{group}, 11).String(),
		"NewestMemberships": s.latestGroupMembers("user_id", users, 11).String(),
	}
}

// AdministrationSQL returns the statements of AdministrationStore that begin with administrators, with their argument.
func (s *Store) AdministrationSQL(group, role uuid.UUID) map[string]any {
	return map[string]any{
		s.groupsOfAdministrators().text: s.dialect.set([]uuid.UUID{group}),
		roleOfAdministrators:            role.String(),
	}
}

// ListReachedSQL returns the statement of Users for who is limited to groups.
func (s *Store) ListReachedSQL(ctx context.Context, q identity.UserQuery) (string, error) {
	reach, err := s.reach(ctx, q.Within)
	if err != nil {
		return "", err
	}
	query, err := s.selectUsers(q, s.userFilter(q), func(userFilter) condition { return reach })
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// PendingAuditSQL returns the statement of PendingAudit; its argument is the limit.
func PendingAuditSQL() string { return auditPending.text }
