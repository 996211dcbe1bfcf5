#!/bin/sh
# A service proves who it is by its secret without sending it: it signs with it (OIDC Core, section 9). Needs OpenSSL 3.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
client=${CLIENT_ID:-demo-hmac}
secret=${CLIENT_SECRET:-quickstart-secret-of-demo-hmac-0123456789-0123456789-0123456789-0123456789}

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

now=$(date +%s)
header=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
claims=$(printf '{"iss":"%s","sub":"%s","aud":"%s","jti":"%s","iat":%d,"exp":%d}' \
	"$client" "$client" "$issuer" "$(openssl rand -hex 16)" "$now" $((now + 60)) | base64url)
key=$(printf '%s' "$secret" | od -An -v -tx1 | tr -d ' \n')
signature=$(printf '%s.%s' "$header" "$claims" | openssl mac -digest SHA256 -macopt "hexkey:$key" -binary HMAC | base64url)

curl -sS --fail-with-body -d grant_type=client_credentials -d scope=invoices:read \
	-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
	-d "client_assertion=$header.$claims.$signature" "$issuer/api/v1/oauth/token"
echo
