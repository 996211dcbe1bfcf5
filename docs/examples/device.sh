#!/bin/sh
# A device without a keyboard gets tokens (RFC 8628): it shows a code, and a person types that in a browser elsewhere, which curl
# plays here. It prints the tokens.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# browse URL [CURL OPTIONS] goes where a browser would go.
browse() { curl -sSL -b "$work/cookies" -c "$work/cookies" -o "$work/page" -w '%{url_effective}' "$@"; }

# hidden NAME gives the value of a hidden field of the page.
hidden() { sed -n 's/.*name="'"$1"'" value="\([^"]*\)".*/\1/p' "$work/page" | head -n 1; }

# member NAME gives a member of the device's answer.
member() { sed -n 's/.*"'"$1"'":"*\([^",}]*\).*/\1/p' "$work/device"; }

# 1. The device asks. It has no secret: whoever holds it could read one.
curl -sS --fail-with-body -o "$work/device" -d client_id=demo-device -d 'scope=openid profile offline_access' \
	"$issuer/api/v1/oauth/device_authorization"
echo "The device shows $(member user_code) and the address $(member verification_uri)."

# 2. Until somebody has allowed it, the answer is authorization_pending.
ask() {
	curl -sS -o "$work/tokens" -w '%{http_code}' -d grant_type=urn:ietf:params:oauth:grant-type:device_code \
		-d client_id=demo-device -d "device_code=$(member device_code)" "$issuer/api/v1/oauth/token"
}
echo "Before: $(ask) $(cat "$work/tokens")"

# 3. The person types the code, signs in, and allows what the page says.
at=$(browse -d "user_code=$(member user_code)" "$(member verification_uri)")
if grep -q 'id="login-submit"' "$work/page"; then
	at=$(browse -d username="${AUTHLY_USERNAME:-alice}" --data-urlencode "password=${AUTHLY_PASSWORD:-walks through wonderland}" "$at")
fi
browse --data-urlencode "interaction=$(hidden interaction)" -d "session=$(hidden session)" -d decision=approve "$issuer/consent" > /dev/null
grep -q 'id="device-allowed"' "$work/page" || { echo "Not allowed at $at" >&2; exit 1; }

# 4. The device asks again, and no sooner than it was told.
sleep "$(member interval)"
[ "$(ask)" = 200 ] || { cat "$work/tokens" >&2; exit 1; }
cat "$work/tokens"
echo
