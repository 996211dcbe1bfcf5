#!/bin/sh
# Somebody signs in at another server (OpenID Connect Core 1.0, section 3.1): AUTHLY_ISSUER sends the browser, which curl plays, to
# WORK_ISSUER, where kim has an account. It prints who kim is here. With an argument it prints a file for authly apply instead:
#
#   sh docs/examples/federation.sh work | authly apply -f -     # of the other server: kim, and a client
#   sh docs/examples/federation.sh here | authly apply -f -     # of this one: an identity provider
#
# Two servers on one machine need two hosts, such as localhost and 127.0.0.1: browsers send the cookies of one port to the others.
set -eu
issuer=${AUTHLY_ISSUER:-http://localhost:8080}
other=${WORK_ISSUER:-http://127.0.0.1:8081}
secret=federation-example-secret-0123456789-abcdef
case ${1:-sign-in} in
work)
	cat <<END
users:
  - { username: kim, email: kim@work.example, email_verified: true, password: an example of a password }
clients:
  - client_id: authly-here
    client_name: The other server
    client_secret: $secret
    redirect_uris: ["$issuer/login/callback/work"]
    scope: openid profile email
    skip_consent: true
END
	exit
	;;
here)
	cat <<END
identity_providers:
  - { slug: work, kind: oidc, name: Work, issuer: "$other", client_id: authly-here, client_secret: $secret,
      trust_email: true, email_domains: [work.example], register: true }
END
	exit
	;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# visit URL [CURL OPTIONS] goes where a browser would go.
visit() { at=$(curl -sSL -b "$work/cookies" -c "$work/cookies" -o "$work/page" -w '%{url_effective}' "$@"); }

# hidden NAME gives the value of a hidden field of the page.
hidden() { sed -n 's/.*name="'"$1"'" value="\([^"]*\)".*/\1/p' "$work/page" | head -n 1; }

# 1. The button of the sign-in page leads to the provider.
visit "$issuer/login/provider/work"
case $at in "$other"/*) ;; *) echo "Not sent to $other, but to $at" >&2; exit 1 ;; esac

# 2. The person signs in there, and comes back by a redirect. The first time this makes an account: the provider is trusted about
# addresses of work.example.
visit "$other/login" --data-urlencode "interaction=$(hidden interaction)" -d username=kim --data-urlencode "password=an example of a password"
if grep -q 'id="skip"' "$work/page"; then # a passkey is offered there, and can be declined
	visit "$other/enrol" --data-urlencode "interaction=$(hidden interaction)"
fi
case $at in "$issuer"/*) ;; *) echo "Not back at $issuer, but at $at" >&2; exit 1 ;; esac
grep -q 'id="sign-out"' "$work/page" || { echo "Not signed in at $at" >&2; exit 1; }

# 3. Who is connected with what, the person sees on a page of the account.
visit "$issuer/account/connections"
sed -n 's/.*<dt>Account<\/dt><dd><bdi>\([^<]*\)<.*/Signed in here as who is there \1/p' "$work/page"
