-- +goose Up
-- Interactions: what a browser is in the middle of. The table keeps its name until no server of before runs any more:
-- such a server goes on inserting, reading and finishing its requests here, which are of the kind authorize.
-- user_id has no foreign key, for the reason that session_id has none: an interaction whose user is gone must not look
-- like one that nobody has signed in to. factors is for what is proven before a session may be made: today one factor
-- makes one at once.
ALTER TABLE authorization_requests
    ADD COLUMN kind text NOT NULL DEFAULT 'authorize',
    ADD COLUMN return_path text NOT NULL DEFAULT '',
    ADD COLUMN user_id uuid,
    ADD COLUMN factors jsonb NOT NULL DEFAULT '[]',
    ALTER COLUMN client_id DROP NOT NULL,
    ADD CONSTRAINT authorization_requests_kind
        CHECK (kind IN ('authorize', 'device', 'account', 'registration', 'recovery', 'verification', 'enrolment')),
    ADD CONSTRAINT authorization_requests_client CHECK ((kind IN ('authorize', 'device')) = (client_id IS NOT NULL)),
    ADD CONSTRAINT authorization_requests_factors CHECK (jsonb_typeof(factors) = 'array');

-- +goose Down
DELETE FROM authorization_requests WHERE kind <> 'authorize';
ALTER TABLE authorization_requests
    DROP CONSTRAINT authorization_requests_factors,
    DROP CONSTRAINT authorization_requests_client,
    DROP CONSTRAINT authorization_requests_kind,
    ALTER COLUMN client_id SET NOT NULL,
    DROP COLUMN factors,
    DROP COLUMN user_id,
    DROP COLUMN return_path,
    DROP COLUMN kind;
