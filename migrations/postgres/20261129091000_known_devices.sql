-- +goose Up
-- From where users have signed in: a browser by the keyed digest of its device cookie, and a network (/24 of IPv4, /48 of
-- IPv6). Attempts from there are counted apart from those of strangers.
CREATE TABLE browser_users (
    browser_digest bytea NOT NULL,
    user_id        uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    last_seen_at   timestamptz NOT NULL,
    PRIMARY KEY (browser_digest, user_id)
);
CREATE INDEX browser_users_user ON browser_users (user_id, last_seen_at);
CREATE INDEX browser_users_seen ON browser_users (last_seen_at);
CREATE TABLE user_networks (
    user_id      uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    network      text COLLATE "C" NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, network)
);
CREATE INDEX user_networks_seen ON user_networks (last_seen_at);
-- What was counted against a user before this time, other than failed_attempts, counts no more.
ALTER TABLE users ADD COLUMN unlocked_at timestamptz;

-- +goose Down
ALTER TABLE users DROP COLUMN unlocked_at;
DROP TABLE user_networks, browser_users;
