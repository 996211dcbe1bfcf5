#!/bin/sh
# The application signs its authorization request, and Authly its answer (RFC 9101, JARM): nobody on the way can change either. The first
# argument is the key that client_key.sh made. Needs OpenSSL 3.
set -eu
KEY=$1 exec sh "$(dirname "$0")/authorization_code.sh"
