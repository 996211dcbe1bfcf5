#!/bin/sh
# A token that says nothing: the API asks what it stands for (RFC 7662).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
client=${CLIENT_ID:-demo-opaque}
secret=${CLIENT_SECRET:-quickstart-secret-of-demo-opaque-0123456}

token=$(curl -sS --fail-with-body -u "$client:$secret" -d grant_type=client_credentials -d scope=invoices:read \
	-d resource=https://api.example.org "$issuer/api/v1/oauth/token" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
case $token in authly_at_*) ;; *) echo "not opaque" >&2; exit 1 ;; esac
curl -sS --fail-with-body -u demo-api:quickstart-secret-of-demo-api-0123456789 -d "token=$token" "$issuer/api/v1/oauth/introspect"
echo
