#!/bin/sh
# A till asks a person for access who is nowhere near its browser (CIBA): the person decides on the page of the account, which curl plays
# here. It prints the tokens.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
client=demo-till:quickstart-secret-of-demo-till-012345678
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# browse URL [CURL OPTIONS] goes where a browser would go.
browse() { curl -sSL -b "$work/cookies" -c "$work/cookies" -o "$work/page" -w '%{url_effective}' "$@"; }

# hidden NAME gives the value of a hidden field of the page.
hidden() { sed -n 's/.*name="'"$1"'" value="\([^"]*\)".*/\1/p' "$work/page" | head -n 1; }

# member NAME gives a member of the answer to the till.
member() { sed -n 's/.*"'"$1"'":"*\([^",}]*\).*/\1/p' "$work/asked"; }

# 1. The till asks, and names the person. Both show the message.
curl -sS --fail-with-body -o "$work/asked" -u "$client" -d 'scope=openid profile' -d "login_hint=${AUTHLY_USERNAME:-alice}" \
	-d 'binding_message=Till 4, no. 17' "$issuer/api/v1/oauth/ciba"
echo "The till shows Till 4, no. 17, and waits for $(member expires_in) seconds."

# 2. Until the person has decided, the answer is authorization_pending.
ask() {
	curl -sS -o "$work/tokens" -w '%{http_code}' -u "$client" -d grant_type=urn:openid:params:grant-type:ciba \
		-d "auth_req_id=$(member auth_req_id)" "$issuer/api/v1/oauth/token"
}
echo "Before: $(ask) $(cat "$work/tokens")"

# 3. The person looks at what waits, and allows what the page says.
at=$(browse "$issuer/account/requests")
if grep -q 'id="login-submit"' "$work/page"; then
	at=$(browse -d username="${AUTHLY_USERNAME:-alice}" --data-urlencode "password=${AUTHLY_PASSWORD:-walks through wonderland}" "$at")
fi
grep -q 'Till 4, no. 17' "$work/page" || { echo "Nothing waits at $at" >&2; exit 1; }
browse -d "request=$(hidden request)" "$issuer/account/requests" > /dev/null
browse --data-urlencode "interaction=$(hidden interaction)" -d "session=$(hidden session)" -d decision=approve "$issuer/consent" > /dev/null
grep -q 'id="request-done"' "$work/page" || { echo "Not allowed" >&2; exit 1; }

# 4. The till asks again, and no sooner than it was told.
sleep "$(member interval)"
[ "$(ask)" = 200 ] || { cat "$work/tokens" >&2; exit 1; }
cat "$work/tokens"
echo
