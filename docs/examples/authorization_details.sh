#!/bin/sh
# The application asks for one payment instead of for payments (RFC 9396). The person reads it and is asked each time; the answer and the
# access token say what was granted.
set -eu
DETAILS='[{"type":"payment","creditor":"Tea Shop","amount":{"currency":"EUR","value":"12.50"}}]' \
	SCOPE=openid exec sh "$(dirname "$0")/authorization_code.sh"
