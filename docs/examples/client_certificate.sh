#!/bin/sh
# Makes a certificate for a client that proves itself by TLS (self_signed_tls_client_auth) and prints the declaration that registers it:
#
#   sh docs/examples/client_certificate.sh client-key.pem client-cert.pem | authly apply -f -
#
# Nobody signs it but itself: Authly gets the certificate, and takes no other for the client. Needs OpenSSL 3.
set -eu
key=$1
certificate=$2

[ -s "$key" ] || (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key")
[ -s "$certificate" ] || openssl req -x509 -key "$key" -subj "/CN=demo-certified" -days 365 -out "$certificate"
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
point() { openssl pkey -in "$key" -pubout -outform DER | tail -c 64; } # x and y

cat <<YAML
scopes:
  - { name: "invoices:read", description: Read your invoices }
clients:
  - client_id: demo-certified
    client_name: Certified service
    token_endpoint_auth_method: self_signed_tls_client_auth
    tls_client_certificate_bound_access_tokens: true
    jwks:
      keys:
        - kty: EC
          crv: P-256
          x: "$(point | head -c 32 | base64url)"
          y: "$(point | tail -c 32 | base64url)"
          x5c: ["$(openssl x509 -in "$certificate" -outform DER | openssl base64 -A)"]
    grant_types: [client_credentials]
    scope: invoices:read
YAML
