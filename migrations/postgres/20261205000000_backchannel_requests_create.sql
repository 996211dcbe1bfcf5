-- +goose Up
-- What clients ask users by CIBA. The user decides in the interaction of the same id, whose row says how it has ended; that is of a
-- kind of its own.
CREATE TABLE backchannel_requests (
    id              uuid PRIMARY KEY,
    digest          bytea NOT NULL CONSTRAINT backchannel_requests_digest_unique UNIQUE,
    client_id       uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    params          jsonb NOT NULL,
    binding_message text NOT NULL,
    sealed          bytea,
    ip              text NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX backchannel_requests_client ON backchannel_requests (client_id);
CREATE INDEX backchannel_requests_user ON backchannel_requests (user_id, expires_at);
CREATE INDEX backchannel_requests_expiry ON backchannel_requests (expires_at);

ALTER TABLE authorization_requests
    DROP CONSTRAINT authorization_requests_kind,
    DROP CONSTRAINT authorization_requests_client,
    ADD CONSTRAINT authorization_requests_kind
        CHECK (kind IN ('authorize', 'device', 'backchannel', 'account', 'registration', 'recovery', 'verification', 'enrolment')),
    ADD CONSTRAINT authorization_requests_client CHECK ((kind IN ('authorize', 'device', 'backchannel')) = (client_id IS NOT NULL));

-- +goose Down
DELETE FROM authorization_requests WHERE kind = 'backchannel';
ALTER TABLE authorization_requests
    DROP CONSTRAINT authorization_requests_kind,
    DROP CONSTRAINT authorization_requests_client,
    ADD CONSTRAINT authorization_requests_kind
        CHECK (kind IN ('authorize', 'device', 'account', 'registration', 'recovery', 'verification', 'enrolment')),
    ADD CONSTRAINT authorization_requests_client CHECK ((kind IN ('authorize', 'device')) = (client_id IS NOT NULL));
DROP TABLE backchannel_requests;
