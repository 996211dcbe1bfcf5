package store

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/authly/authly/identity"
)

var insertReplayKey = statement{
	"insert replay_keys", `INSERT INTO replay_keys (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING`,
}

// MarkUsed implements identity.ReplayStore. A key stays used until Sweep removes it, at expires or later.
func (s *Store) MarkUsed(ctx context.Context, key string, expires time.Time) (bool, error) {
	digest := sha256.Sum256([]byte(key))
	if s.tx == nil && s.marks != nil {
		first, err := s.marks.use(ctx, digest, expires)
		return first, s.fault("use replay key", err)
	}
	res, err := s.exec(ctx, insertReplayKey, digest[:], expires)
	n, err := s.affected("use replay key", res, err)
	return n == 1, err
}

// The statements of Sweep. Grants come before sessions: a session stays listed while a grant of it is active. $1 is the
// time or the first id that stays, the last parameter the number of rows. Old sessions and grants are ranges of the
// primary key.
var (
	sweepInteractions = sweep("authorization_requests", "id", "expires_at <= $1", "$2")
	sweepTokens       = sweep("revoked_tokens", "jti", "expires_at <= $1", "$2")
	sweepReplays      = sweep("replay_keys", "digest", "expires_at <= $1", "$2")
	sweepLogouts      = sweep("logout_deliveries", "id", "id < $1 AND (delivered_at IS NOT NULL OR failed_at IS NOT NULL)", "$2")
	sweepJobs         = sweep("jobs", "id", "id < $1 AND finished_at < $2", "$3")
	sweepMails        = sweep("mail_messages", "id", "(id < $1 OR user_id IS NULL) AND sealed IS NULL", "$2")
	sweepTransfers    = sweep("transfers", "id", `expires_at <= $1
		AND NOT EXISTS (SELECT 1 FROM transfer_chunks c WHERE c.transfer_id = transfers.id)`, "$2")
	sweepBrowsers   = sweep("browser_users", "browser_digest, user_id", "last_seen_at < $1", "$2")
	sweepNetworks   = sweep("user_networks", "user_id, network", "last_seen_at < $1", "$2")
	sweepClientDays = sweep("client_days", "client_id, day", `day < $1
		AND EXISTS (SELECT 1 FROM client_days l WHERE l.client_id = client_days.client_id AND l.day > client_days.day)`, "$2")
	// Codes that nobody redeemed, and that are all that was handed out.
	sweepUnspent = sweep("grants", "id",
		"code_digest IS NOT NULL AND code_spent_at IS NULL AND NOT front_channel AND code_expires_at <= $1", "$2")
	// Grants that ended, families that expired, and grants that never had a refresh token: their access tokens are valid
	// for minutes, what is retained for days.
	sweepGrants = sweep("grants", "id", `id < $1 AND (ended_at < $2
		OR refresh_expires_at < $2 OR refresh_idle_expires_at < $2
		OR (refresh_generation = 0 AND created_at < $2 AND (code_digest IS NULL OR code_spent_at IS NOT NULL OR front_channel)))`, "$3")
	sweepSessions = sweep("sessions", "id", `id < $1 AND (ended_at < $2 OR expires_at < $2)
		AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.session_id = sessions.id AND g.ended_at IS NULL)`, "$3")
)

func sweep(table, key, condition, limit string) statement {
	return statement{"delete " + table, "DELETE FROM " + table + " WHERE (" + key + ") IN (SELECT " + key + " FROM " + table +
		" WHERE " + condition + " LIMIT " + limit + ")"}
}

// Sweep implements identity.ReplayStore. Sessions and families of refresh tokens that have expired count as ended.
func (s *Store) Sweep(ctx context.Context, e identity.Expiry, limit int) (int, error) {
	type step struct {
		st   statement
		args []any
	}
	steps := []step{
		{sweepInteractions, []any{e.Now, limit}},
		{sweepTokens, []any{e.Now, limit}},
		{sweepReplays, []any{e.Now, limit}},
		{sweepAccessTokens, []any{e.Now, limit}},
		{sweepIdempotency, []any{e.Now, limit}},
		{sweepOneTimeTokens, []any{e.Now, limit}},
		{sweepRegistrations, []any{e.Now, limit}},
		{sweepSignInCodes, []any{e.Now, limit}},
		{sweepDeviceAuthorizations, []any{e.DecisionsBefore, limit}},
		{sweepBackchannelRequests, []any{e.DecisionsBefore, limit}},
		{sweepInvitations, []any{e.Now, limit}},
		{sweepInitialAccessTokens, []any{e.Now, limit}},
		{sweepJobs, []any{identity.LeastID(e.JobsBefore), e.JobsBefore, limit}},
		{sweepTransfers, []any{e.Now, limit}},
		{sweepSecurityEvents, []any{identity.LeastID(e.EventsBefore), limit}},
		{sweepMails, []any{identity.LeastID(e.MailBefore), limit}},
		{sweepBrowsers, []any{e.BrowsersBefore, limit}},
		{sweepNetworks, []any{e.NetworksBefore, limit}},
		{sweepClientDays, []any{e.ClientDaysBefore, limit}},
		{sweepUnspent, []any{e.Now, limit}},
		{sweepLogouts, []any{identity.LeastID(e.EndedBefore), limit}},
		{sweepGrants, []any{identity.LeastID(e.EndedBefore), e.EndedBefore, limit}},
		{sweepSessions, []any{identity.LeastID(e.EndedBefore), e.EndedBefore, limit}},
	}
	total := 0
	for _, step := range steps {
		res, err := s.exec(ctx, step.st, step.args...)
		n, err := s.affected("sweep", res, err)
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}
