#!/bin/sh
# A person signs in (RFC 6749, section 4.1, with PKCE, RFC 7636): curl plays the browser and the web application. It prints
# the tokens. COOKIE_JAR names a file in which the browser's cookies stay, so that another script can go on with it;
# SCOPE is what the application asks for, RESOURCE the API that the token is for; with PUSH=yes it pushes the request first (RFC 9126).
# DETAILS is what it asks for in detail (RFC 9396).
# KEY is the file of the key that client_key.sh made: the application then signs its request (RFC 9101), and has the answer signed (JARM).
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
callback=http://127.0.0.1:3000/callback
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cookies=${COOKIE_JAR:-$work/cookies}

client=demo-web
if [ -n "${KEY:-}" ]; then
	client=demo-signed
fi

random() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '='; }

# visit URL [CURL OPTIONS] goes where a browser would go, until there is a page or a redirect leads away from Authly.
visit() {
	at=$1
	shift
	next=$(curl -sS -b "$cookies" -c "$cookies" -o "$work/page" -w '%{redirect_url}' "$@" "$at")
	while [ -n "$next" ]; do
		at=$next
		case $at in "$issuer"/*) ;; *) return ;; esac
		next=$(curl -sS -b "$cookies" -c "$cookies" -o "$work/page" -w '%{redirect_url}' "$at")
	done
}

# hidden NAME gives the value of a hidden field of the page.
hidden() { sed -n 's/.*name="'"$1"'" value="\([^"]*\)".*/\1/p' "$work/page" | head -n 1; }

# parameter NAME gives a parameter of the address that the browser was sent to. What is read here needs no decoding.
parameter() { printf '%s\n' "$at" | tr '?&#' '\n\n\n' | sed -n "s/^$1=//p"; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# sign TYPE MEMBERS gives a JWT of the application, which has MEMBERS besides those that each one has.
sign() {
	now=$(date +%s)
	header=$(printf '{"alg":"EdDSA","typ":"%s"}' "$1" | base64url)
	claims=$(printf '{"iss":"%s","aud":"%s","jti":"%s","nbf":%d,"exp":%d,%s}' \
		"$client" "$issuer" "$(random)" "$now" $((now + 60)) "$2" | base64url)
	printf '%s.%s' "$header" "$claims" > "$work/input"
	printf '%s.%s.%s' "$header" "$claims" "$(openssl pkeyutl -sign -inkey "$KEY" -rawin -in "$work/input" | base64url)"
}

# as_client CURL OPTIONS is a request of the application itself, which proves who it is by its key or its secret.
as_client() {
	if [ -n "${KEY:-}" ]; then
		curl -sS --fail-with-body -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
			-d "client_assertion=$(sign JWT "\"sub\":\"$client\"")" "$@"
	else
		curl -sS --fail-with-body -u "demo-web:quickstart-secret-of-demo-web-0123456789" "$@"
	fi
}

verifier=$(random)
challenge=$(printf '%s' "$verifier" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
state=$(random)

# 1. The application sends the browser to Authly, with the request or with the request_uri of one that it has pushed. -G puts
# the parameters into the address.
set -- -d response_type=code -d client_id=$client --data-urlencode "redirect_uri=$callback" \
	--data-urlencode "scope=${SCOPE:-openid profile email address phone offline_access invoices:read}" \
	-d "state=$state" -d "nonce=$(random)" -d "code_challenge=$challenge" -d code_challenge_method=S256
if [ -n "${RESOURCE:-}" ]; then
	set -- "$@" --data-urlencode "resource=$RESOURCE"
fi
if [ -n "${DETAILS:-}" ]; then
	set -- "$@" --data-urlencode "authorization_details=$DETAILS"
fi
if [ -n "${KEY:-}" ]; then
	request=$(printf '"client_id":"%s","response_type":"code","response_mode":"jwt","redirect_uri":"%s","scope":"%s","state":"%s",' \
		"$client" "$callback" "${SCOPE:-openid email}" "$state")
	request=$request$(printf '"nonce":"%s","code_challenge":"%s","code_challenge_method":"S256"' "$(random)" "$challenge")
	set -- -d client_id=$client -d "request=$(sign oauth-authz-req+jwt "$request")"
fi
if [ "${PUSH:-no}" = yes ]; then
	pushed=$(as_client "$@" "$issuer/api/v1/oauth/par")
	request_uri=$(printf '%s' "$pushed" | sed -n 's/.*"request_uri":"\([^"]*\)".*/\1/p')
	set -- -d client_id=$client --data-urlencode "request_uri=$request_uri"
fi
visit "$issuer/api/v1/oauth/authorize" -G "$@"

# 2. The person signs in and, the first time, allows the application what it asks for.
if grep -q 'id="login-submit"' "$work/page"; then
	visit "$issuer/login" --data-urlencode "interaction=$(hidden interaction)" \
		-d username="${AUTHLY_USERNAME:-alice}" --data-urlencode "password=${AUTHLY_PASSWORD:-walks through wonderland}"
fi
if grep -q 'id="skip"' "$work/page"; then # a passkey is offered, and can be declined
	visit "$issuer/enrol" --data-urlencode "interaction=$(hidden interaction)"
fi
if grep -q 'id="approve"' "$work/page"; then
	visit "$issuer/consent" --data-urlencode "interaction=$(hidden interaction)" \
		-d "session=$(hidden session)" -d decision=approve
fi

# 3. The browser comes back to the application with a code. A real application checks the signature of an answer that has one.
if [ -n "${KEY:-}" ]; then
	answer=$(parameter response | cut -d . -f 2 | tr '_-' '/+')
	while [ $((${#answer} % 4)) -ne 0 ]; do answer=$answer=; done
	at="?$(printf '%s' "$answer" | openssl base64 -A -d | tr -d '{}"' | tr ':,' '=&')"
fi
if [ "$(parameter state)" != "$state" ] || [ -z "$(parameter code)" ]; then
	echo "No code at $at" >&2
	exit 1
fi

# 4. The application exchanges the code.
as_client -d grant_type=authorization_code -d "code=$(parameter code)" \
	--data-urlencode "redirect_uri=$callback" -d "code_verifier=$verifier" \
	"$issuer/api/v1/oauth/token"
echo
