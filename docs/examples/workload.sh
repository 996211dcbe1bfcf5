#!/bin/sh
# A program shows what its platform asserts about it instead of a secret (RFC 7523, section 2.2). Here the assertion is made by the
# script; in a cluster it is read from a file. The first argument is the key that client_key.sh made. Needs OpenSSL 3.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
key=$1
input=$(mktemp)
trap 'rm -f "$input"' EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

now=$(date +%s)
header=$(printf '{"alg":"EdDSA","typ":"JWT"}' | base64url)
claims=$(printf '{"iss":"https://hr.example.org","sub":"system:serviceaccount:ci:builder","aud":"%s","jti":"%s","iat":%d,"exp":%d}' \
	"$issuer" "$(openssl rand -hex 16)" "$now" $((now + 60)) | base64url)
printf '%s.%s' "$header" "$claims" > "$input"
signature=$(openssl pkeyutl -sign -inkey "$key" -rawin -in "$input" | base64url)

curl -sS --fail-with-body -d grant_type=client_credentials -d scope=invoices:read -d client_id=demo-workload \
	-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
	-d "client_assertion=$header.$claims.$signature" "$issuer/api/v1/oauth/token"
echo
