#!/bin/sh
# A person changes their own profile through an application, under scopes that write: a scope that reads, such as
# profile, changes nothing. What is not named stays, null clears. This is Authly's own; no standard describes it.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
here=$(dirname "$0")

tokens=$(SCOPE='openid profile profile:write' sh "$here/authorization_code.sh")
access_token=$(printf '%s' "$tokens" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -X PUT -H "Authorization: Bearer $access_token" -H 'Content-Type: application/json' \
	-d '{"nickname": "Al", "website": "https://alice.example"}' "$issuer/oidc/userinfo"
echo
