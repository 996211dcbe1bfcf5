#!/bin/sh
# Another system, which is trusted, asserts who a person is, and an application gets a token of that person for it (RFC 7523,
# section 2.1). The first argument is the key that client_key.sh made. Needs OpenSSL 3.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
key=$1
input=$(mktemp)
trap 'rm -f "$input"' EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

now=$(date +%s)
header=$(printf '{"alg":"EdDSA","typ":"JWT"}' | base64url)
claims=$(printf '{"iss":"https://hr.example.org","sub":"alice","aud":"%s","jti":"%s","iat":%d,"exp":%d}' \
	"$issuer" "$(openssl rand -hex 16)" "$now" $((now + 60)) | base64url)
printf '%s.%s' "$header" "$claims" > "$input"
signature=$(openssl pkeyutl -sign -inkey "$key" -rawin -in "$input" | base64url)

curl -sS --fail-with-body -u "demo-portal:quickstart-secret-of-demo-portal-0123456789" \
	-d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d scope=invoices:read \
	-d "assertion=$header.$claims.$signature" "$issuer/api/v1/oauth/token"
echo
