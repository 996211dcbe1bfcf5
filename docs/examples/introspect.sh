#!/bin/sh
# An API asks whether a token that it got is good (RFC 7662).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
here=$(dirname "$0")

token=$(sh "$here/client_credentials.sh" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -u "demo-api:quickstart-secret-of-demo-api-0123456789" \
	-d "token=$token" "$issuer/api/v1/oauth/introspect"
echo
