-- +goose Up
-- Invitations to make an account: who reads the address may, by the link of the message, until expires_at. A row goes when it
-- was used, and a newer one for the same address takes its place. actor is who invites, with the scopes that were presented; user_id
-- the user among them: without whom nobody has invited.
CREATE TABLE invitations (
    id         uuid PRIMARY KEY,
    digest     bytea NOT NULL UNIQUE,
    email      text NOT NULL,
    email_key  text COLLATE "C" NOT NULL UNIQUE,
    group_ids  jsonb NOT NULL,
    actor      jsonb NOT NULL,
    user_id    uuid REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX invitations_created ON invitations (created_at, id);
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX invitations_user ON invitations (user_id);

-- By which invitation somebody registers; NULL: by none.
ALTER TABLE registrations ADD COLUMN invitation_id uuid;

-- +goose Down
ALTER TABLE registrations DROP COLUMN invitation_id;
DROP TABLE invitations;
