#!/bin/sh
# Makes a key for a client that signs its requests (private_key_jwt) and prints the declaration that registers it:
#
#   sh docs/examples/client_key.sh client-key.pem | authly apply -f -
#
# The key never leaves the client; Authly gets its public half. Needs OpenSSL 3.
set -eu
key=$1

[ -s "$key" ] || (umask 077 && openssl genpkey -algorithm ed25519 -out "$key")
# The last 32 bytes of the encoded public key are the key (RFC 8410, section 4; RFC 8037, section 2).
x=$(openssl pkey -in "$key" -pubout -outform DER | tail -c 32 | openssl base64 -A | tr '+/' '-_' | tr -d '=')

cat <<YAML
scopes:
  - { name: "invoices:read", description: Read your invoices }
clients:
  - client_id: demo-signed
    client_name: Signed service
    token_endpoint_auth_method: private_key_jwt
    jwks: { keys: [{ kty: OKP, crv: Ed25519, use: sig, x: "$x" }] }
    request_object_signing_alg: EdDSA
    redirect_uris: ["http://127.0.0.1:3000/callback"]
    grant_types: [client_credentials, authorization_code]
    scope: openid email invoices:read
  # The same key stands for that of another system, which is trusted about people and about workloads.
  - client_id: demo-portal
    client_name: Portal of another system
    client_secret: quickstart-secret-of-demo-portal-0123456789
    grant_types: ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assertion_issuers: ["https://hr.example.org"]
    scope: invoices:read
  - client_id: demo-workload
    client_name: Program of a cluster
    token_endpoint_auth_method: private_key_jwt
    assertion_issuer: https://hr.example.org
    assertion_subject: "system:serviceaccount:ci:builder"
    grant_types: [client_credentials]
    scope: invoices:read
trusted_issuers:
  - issuer: https://hr.example.org
    jwks: { keys: [{ kty: OKP, crv: Ed25519, use: sig, x: "$x" }] }
    user_match: username
YAML
