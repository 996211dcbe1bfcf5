#!/bin/sh
# What the server offers: the discovery document (OIDC Discovery), the same as OAuth metadata (RFC 8414), and its keys.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}

curl -sS --fail-with-body "$issuer/.well-known/openid-configuration"
echo
curl -sS --fail-with-body "$issuer/.well-known/oauth-authorization-server"
echo
# What it says of its own APIs, UserInfo and administration (RFC 9728).
curl -sS --fail-with-body "$issuer/.well-known/oauth-protected-resource"
echo
curl -sS --fail-with-body "$issuer/.well-known/jwks.json"
echo
