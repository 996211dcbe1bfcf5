-- +goose Up
-- Invitations to make an account: who reads the address may, by the link of the message, until expires_at. A row goes when it
-- was used, and a newer one for the same address takes its place. actor is who invites, with the scopes that were presented; user_id
-- the user among them: without whom nobody has invited.
CREATE TABLE invitations (
    id         TEXT NOT NULL PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    email      TEXT NOT NULL,
    email_key  TEXT NOT NULL UNIQUE,
    group_ids  TEXT NOT NULL,
    actor      TEXT NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CHECK (json_valid(group_ids)),
    CHECK (json_valid(actor))
) STRICT;
CREATE INDEX invitations_created ON invitations (created_at, id);
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX invitations_user ON invitations (user_id);

-- By which invitation somebody registers; NULL: by none.
ALTER TABLE registrations ADD COLUMN invitation_id TEXT;

-- +goose Down
ALTER TABLE registrations DROP COLUMN invitation_id;
DROP TABLE invitations;
