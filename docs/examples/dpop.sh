#!/bin/sh
# A service gets a token that is bound to a key (RFC 9449): whoever steals it cannot use it, because each use needs a proof that
# is signed with the key, for that one request. Needs OpenSSL 3.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# 1. A key of the client's own, which never leaves it.
openssl genpkey -algorithm ed25519 -out "$work/key"
x=$(openssl pkey -in "$work/key" -pubout -outform DER | tail -c 32 | base64url)

# proof METHOD URL makes the proof for one request. With a token it would also have its hash, as ath.
proof() {
	header=$(printf '{"typ":"dpop+jwt","alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"%s"}}' "$x" | base64url)
	claims=$(printf '{"jti":"%s","htm":"%s","htu":"%s","iat":%d}' "$(openssl rand -hex 16)" "$1" "$2" "$(date +%s)" | base64url)
	printf '%s.%s' "$header" "$claims" > "$work/input"
	printf '%s.%s.%s' "$header" "$claims" "$(openssl pkeyutl -sign -inkey "$work/key" -rawin -in "$work/input" | base64url)"
}

# 2. The token request, with the proof in a header.
curl -sS --fail-with-body -u demo-service:quickstart-secret-of-demo-service-012345 \
	-H "DPoP: $(proof POST "$issuer/api/v1/oauth/token")" \
	-d grant_type=client_credentials -d scope=invoices:read "$issuer/api/v1/oauth/token"
echo
