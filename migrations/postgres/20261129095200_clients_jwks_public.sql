-- +goose Up
-- Key sets of clients may have had private keys, in the client and in the audit trail. What is private goes, the public rest
-- of each key still proves assertions; a set that is none, and keys that are only secret, prove nothing and go whole.
UPDATE clients SET metadata = metadata - 'jwks'
    WHERE metadata ? 'jwks' AND coalesce(jsonb_typeof(metadata #> '{jwks,keys}'), '') <> 'array';
UPDATE clients SET metadata = jsonb_set(metadata, '{jwks}', jsonb_build_object('keys', (
        SELECT coalesce(jsonb_agg(key - ARRAY['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']), '[]'::jsonb)
        FROM jsonb_array_elements(metadata #> '{jwks,keys}') AS key
        WHERE jsonb_typeof(key) = 'object' AND coalesce(key ->> 'kty', '') <> 'oct')))
    WHERE metadata ? 'jwks';
UPDATE audit_events SET changes = changes #- '{metadata,before,jwks}' #- '{metadata,after,jwks}'
    WHERE action IN ('client.created', 'client.updated') AND changes ? 'metadata';

-- +goose Down
SELECT 1; -- what was removed must not come back
