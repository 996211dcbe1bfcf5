#!/bin/sh
# An application signs a person out of Authly (RP-Initiated Logout 1.0). It prints where the browser is sent.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
here=$(dirname "$0")
COOKIE_JAR=$(mktemp)
export COOKIE_JAR
trap 'rm -f "$COOKIE_JAR"' EXIT

tokens=$(sh "$here/authorization_code.sh")
id_token=$(printf '%s' "$tokens" | sed -n 's/.*"id_token":"\([^"]*\)".*/\1/p')

# The browser has the session's cookie, and the hint names the same session, so nobody is asked.
curl -sS -b "$COOKIE_JAR" -c "$COOKIE_JAR" -o /dev/null -w '%{redirect_url}\n' -G \
	-d "id_token_hint=$id_token" --data-urlencode post_logout_redirect_uri=http://127.0.0.1:3000/ -d state=goodbye \
	"$issuer/oidc/logout"
