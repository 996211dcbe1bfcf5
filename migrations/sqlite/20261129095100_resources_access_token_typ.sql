-- +goose Up
-- Which JOSE header typ the access tokens of a resource have: at+jwt (RFC 9068), or JWT for servers that know no other.
ALTER TABLE resources ADD COLUMN access_token_typ TEXT NOT NULL DEFAULT 'at+jwt';

-- +goose Down
ALTER TABLE resources DROP COLUMN access_token_typ;
