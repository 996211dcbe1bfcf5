#!/bin/sh
# An API that was called with the token of a person gets one for another API (RFC 8693).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}

tokens=$(SCOPE="openid invoices:read archive:read" RESOURCE=https://api.example.org sh "$(dirname "$0")/authorization_code.sh")
access_token=$(printf '%s' "$tokens" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -u "demo-api:quickstart-secret-of-demo-api-0123456789" \
	-d grant_type=urn:ietf:params:oauth:grant-type:token-exchange \
	-d "subject_token=$access_token" -d subject_token_type=urn:ietf:params:oauth:token-type:access_token \
	-d resource=https://archive.example.org -d scope=archive:read \
	"$issuer/api/v1/oauth/token"
echo
