#!/bin/sh
# A service gets an access token for itself (RFC 6749, section 4.4). It is made for the API named by resource (RFC 8707).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}

curl -sS --fail-with-body -u "demo-service:quickstart-secret-of-demo-service-012345" \
	-d grant_type=client_credentials \
	-d scope=invoices:read \
	--data-urlencode resource=https://api.example.org \
	"$issuer/api/v1/oauth/token"
echo
