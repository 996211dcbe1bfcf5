#!/bin/sh
# The admin API, called by a service that an operator has marked as an administrator (service_admin in quickstart.yaml).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}

token=$(curl -sS --fail-with-body -u "demo-admin:quickstart-secret-of-demo-admin-01234567" \
	-d grant_type=client_credentials -d scope=admin:users:read "$issuer/api/v1/oauth/token" |
	sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')

curl -sS --fail-with-body -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
	-d '{"query": "{ users(first: 10) { nodes { username email activeSessionCount } totalCount { value precision } } }"}' \
	"$issuer/graphql"
echo
