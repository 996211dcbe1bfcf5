package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

var (
	// The digests come last: they are one for each root key.
	familiarity = inDigests("select browser_users", `SELECT EXISTS (SELECT 1 FROM user_networks WHERE user_id = $1 AND network = $2
		AND last_seen_at > $3), count(*) > 0, COALESCE(max(trusted_until) > $5, false)
		FROM browser_users WHERE user_id = $1 AND last_seen_at > $4
		AND (known_until IS NULL OR known_until > $5) AND browser_digest IN (`, ")", 6)
	copyBrowser = inDigests("insert browser_users", `INSERT INTO browser_users
		(browser_digest, user_id, last_seen_at, trusted_until, known_until) SELECT $1, user_id, max(last_seen_at), max(trusted_until),
		CASE WHEN count(known_until) = count(*) THEN max(known_until) END FROM browser_users WHERE browser_digest IN (`,
		") GROUP BY user_id ON CONFLICT (browser_digest, user_id) DO NOTHING", 2)
	removeBrowser = inDigests("delete browser_users", `DELETE FROM browser_users WHERE browser_digest IN (`, ")", 1)
)

var (
	insertBrowserUser = statement{"insert browser_users", `INSERT INTO browser_users
		(browser_digest, user_id, last_seen_at, trusted_until, known_until) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (browser_digest, user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, known_until = excluded.known_until,
		trusted_until = COALESCE(excluded.trusted_until, browser_users.trusted_until)`}
	insertUserNetwork = statement{"insert user_networks", `INSERT INTO user_networks (user_id, network, last_seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (user_id, network) DO UPDATE SET last_seen_at = excluded.last_seen_at`}
	boundBrowsers = statement{"delete browser_users", `DELETE FROM browser_users WHERE user_id = $1 AND browser_digest NOT IN
		(SELECT browser_digest FROM browser_users WHERE user_id = $1 ORDER BY last_seen_at DESC, browser_digest LIMIT $2)`}
	boundNetworks = statement{"delete user_networks", `DELETE FROM user_networks WHERE user_id = $1 AND network NOT IN
		(SELECT network FROM user_networks WHERE user_id = $1 ORDER BY last_seen_at DESC, network LIMIT $2)`}
	endTrust = inDigests("update browser_users", `UPDATE browser_users SET trusted_until = NULL
		WHERE user_id = $1 AND trusted_until > $2 AND browser_digest NOT IN (`, ")", 3)
	countTrusted   = statement{"select browser_users", `SELECT count(*) FROM browser_users WHERE user_id = $1 AND trusted_until > $2`}
	forgetBrowsers = statement{"delete browser_users", `DELETE FROM browser_users WHERE user_id = $1`}
)

// Familiarity implements identity.DeviceStore.
func (s *Store) Familiarity(
	ctx context.Context, userID uuid.UUID, browser [][]byte, network string, at, browserSince, networkSince time.Time,
) (identity.Familiarity, error) {
	var known identity.Familiarity
	if len(browser) == 0 {
		browser = [][]byte{{}} // which no browser has
	}
	args := append([]any{userID, network, networkSince, browserSince, at}, toAnys(browser)...)
	dest := []any{scanDestination(&known.Network), scanDestination(&known.Browser), scanDestination(&known.Trusted)}
	return known, s.fault("read familiarity", s.get(ctx, familiarity(len(browser)), dest, args...))
}

// RememberPlace implements identity.DeviceStore.
func (s *Store) RememberPlace(ctx context.Context, p identity.Place) error {
	type step struct {
		st   statement
		args []any
	}
	var steps []step
	if p.Network != "" {
		steps = append(
			steps, step{insertUserNetwork, []any{p.UserID, p.Network, p.At}},
			step{boundNetworks, []any{p.UserID, identity.MaxKnownNetworks}},
		)
	}
	if p.Browser != nil && len(p.Former) > 0 {
		steps = append(
			steps, step{copyBrowser(len(p.Former)), append([]any{p.Browser}, toAnys(p.Former)...)},
			step{removeBrowser(len(p.Former)), toAnys(p.Former)},
		)
	}
	if p.Browser != nil {
		steps = append(
			steps, step{insertBrowserUser, []any{p.Browser, p.UserID, p.At, p.Trusted, p.Until}},
			step{boundBrowsers, []any{p.UserID, identity.MaxKnownBrowsers}},
		)
	}
	for _, step := range steps {
		if _, err := s.exec(ctx, step.st, step.args...); err != nil {
			return s.fault("remember place", err)
		}
	}
	return nil
}

// ForgetBrowsers implements identity.DeviceStore.
func (s *Store) ForgetBrowsers(ctx context.Context, userID uuid.UUID) error {
	_, err := s.exec(ctx, forgetBrowsers, userID)
	return s.fault("forget browsers", err)
}

// BrowsersOfUsers implements identity.DeviceStore.
func (s *Store) BrowsersOfUsers(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.KnownBrowser, error) {
	found := map[uuid.UUID][]identity.KnownBrowser{}
	if len(userIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		UserID       uuid.UUID  `bun:"user_id"`
		LastSeenAt   time.Time  `bun:"last_seen_at"`
		TrustedUntil *time.Time `bun:"trusted_until"`
	}
	err := s.read().NewSelect().Table("browser_users").Column("user_id", "last_seen_at", "trusted_until").
		Where("user_id IN (?)", idList(userIDs)).OrderExpr("last_seen_at DESC, browser_digest").Scan(ctx, &rows)
	for _, r := range rows {
		found[r.UserID] = append(found[r.UserID], identity.KnownBrowser{LastSeenAt: r.LastSeenAt.UTC(), TrustedUntil: utc(r.TrustedUntil)})
	}
	return found, s.fault("list browsers of users", err)
}

// EndTrust implements identity.DeviceStore.
func (s *Store) EndTrust(ctx context.Context, userID uuid.UUID, but [][]byte, at time.Time) (int, error) {
	if len(but) == 0 {
		but = [][]byte{{}} // which no browser has
	}
	res, err := s.exec(ctx, endTrust(len(but)), append([]any{userID, at}, toAnys(but)...)...)
	n, err := s.affected("end trust in browsers", res, err)
	return n, err
}

// CountTrusted implements identity.DeviceStore.
func (s *Store) CountTrusted(ctx context.Context, userID uuid.UUID, at time.Time) (int, error) {
	var n int
	return n, s.fault("count trusted browsers", s.value(ctx, countTrusted, &n, userID, at))
}
