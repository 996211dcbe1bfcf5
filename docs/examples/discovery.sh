#!/bin/sh
# What the server offers: the discovery document (OIDC Discovery), the same as OAuth metadata (RFC 8414), and its keys.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}

curl -sS --fail-with-body "$issuer/.well-known/openid-configuration"
echo
curl -sS --fail-with-body "$issuer/.well-known/oauth-authorization-server"
echo
curl -sS --fail-with-body "$issuer/.well-known/jwks.json"
echo
