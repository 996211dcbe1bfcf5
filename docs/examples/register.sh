#!/bin/sh
# A client registers itself (RFC 7591), gets a token, changes its registration and deletes it (RFC 7592). It needs a server with
# AUTHLY_CLIENT_REGISTRATION=token, AUTHLY_CLIENT_REGISTRATION_GRANTS=client_credentials and AUTHLY_CLIENT_REGISTRATION_SCOPES=invoices:read,
# and AUTHLY_INITIAL_ACCESS_TOKEN, which `authly initial-access-tokens create` prints. It prints the status of the deletion.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# member NAME gives a member of the last answer that is a string.
member() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p' "$work/answer"; }

# send METHOD TOKEN URL [JSON] calls an endpoint of registration.
send() {
	curl -sS --fail-with-body -o "$work/answer" -w '%{http_code}\n' -X "$1" -H "Authorization: Bearer $2" \
		-H 'Content-Type: application/json' ${4:+-d "$4"} "$3" || { cat "$work/answer" >&2; exit 1; }
}

# 1. Register. The answer has the credentials of the client, and what it manages its registration with.
send POST "$AUTHLY_INITIAL_ACCESS_TOKEN" "$issuer/api/v1/oauth/register" \
	'{"client_name":"Nightly report","grant_types":["client_credentials"],"scope":"invoices:read"}'
cat "$work/answer"
echo
id=$(member client_id) secret=$(member client_secret)
uri=$(member registration_client_uri) token=$(member registration_access_token)

# 2. The client is one like every other.
curl -sS --fail-with-body -u "$id:$secret" -d grant_type=client_credentials -o "$work/token" "$issuer/api/v1/oauth/token"
grep -o '"token_type":"[A-Za-z]*"' "$work/token"

# 3. A change replaces the whole registration.
send PUT "$token" "$uri" '{"client_id":"'"$id"'","client_name":"Weekly report","grant_types":["client_credentials"],"scope":"invoices:read"}'
send GET "$token" "$uri"
echo "Now it is $(member client_name)."

# 4. It goes, and so does everything that it has got.
send DELETE "$token" "$uri"
