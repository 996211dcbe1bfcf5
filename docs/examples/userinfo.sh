#!/bin/sh
# The claims about the person who signed in, by the scopes of the access token (OIDC Core, section 5.3).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
here=$(dirname "$0")

tokens=$(sh "$here/authorization_code.sh")
access_token=$(printf '%s' "$tokens" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -H "Authorization: Bearer $access_token" "$issuer/oidc/userinfo"
echo
