#!/bin/sh
# A service proves who it is by its certificate, and gets a token that is bound to it (RFC 8705): whoever steals the token cannot use
# it. The arguments are what client_certificate.sh made. The address is that of mtls_endpoint_aliases.
set -eu
mtls=${AUTHLY_MTLS_URL:-https://mtls.localhost:8443}
key=$1
certificate=$2

curl -sS --fail-with-body --cert "$certificate" --key "$key" \
	-d grant_type=client_credentials -d scope=invoices:read -d client_id=demo-certified "$mtls/api/v1/oauth/token"
echo
