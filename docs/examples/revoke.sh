#!/bin/sh
# An application gives a refresh token back (RFC 7009): the whole authorization ends, with every access token of it. The
# answer is empty; the introspection after it says that the access token is dead.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
here=$(dirname "$0")
client="demo-web:quickstart-secret-of-demo-web-0123456789"

tokens=$(sh "$here/authorization_code.sh")
access_token=$(printf '%s' "$tokens" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
refresh_token=$(printf '%s' "$tokens" | sed -n 's/.*"refresh_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -u "$client" -d "token=$refresh_token" "$issuer/api/v1/oauth/revoke"
curl -sS --fail-with-body -u "$client" -d "token=$access_token" "$issuer/api/v1/oauth/introspect"
echo
