#!/bin/sh
# New tokens for a refresh token (RFC 6749, section 6). The answer has the next refresh token; the old one is spent.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
here=$(dirname "$0")

tokens=$(sh "$here/authorization_code.sh")
refresh_token=$(printf '%s' "$tokens" | sed -n 's/.*"refresh_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -u "demo-web:quickstart-secret-of-demo-web-0123456789" \
	-d grant_type=refresh_token -d "refresh_token=$refresh_token" \
	"$issuer/api/v1/oauth/token"
echo
