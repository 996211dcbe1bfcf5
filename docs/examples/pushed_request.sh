#!/bin/sh
# The application pushes its authorization request before it sends the browser (RFC 9126): nothing of the request passes
# through the browser in the open, and nobody on the way can change it.
set -eu
PUSH=yes exec sh "$(dirname "$0")/authorization_code.sh"
