#!/bin/sh
# Makes the keys and certificates of the clients of the OpenID conformance suite's FAPI plans in a folder, and writes there the files of
# ../conformance that have a place for them, filled in:
#
#   sh docs/examples/conformance_fapi.sh suite
#   authly apply -f suite/conformance-fapi.yaml
#
# suite/authority.pem is for AUTHLY_MTLS_CA_FILE, the files *.json are for the suite. Run again, it takes the keys that are there. Nobody
# else has them, so that no private key stands in this repository. Needs OpenSSL 3.
set -eu
here=$(dirname "$0")
folder=$1
mkdir -p "$folder"
umask 077

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
bytes() { # of a number in hexadecimal
	printf %b "$(awk -v hex="$1" 'BEGIN { for (i = 1; i < length(hex); i += 2)
		printf "\\0%03o", 16 * (index("0123456789ABCDEF", substr(hex, i, 1)) - 1) + index("0123456789ABCDEF", substr(hex, i + 1, 1)) - 1 }')"
}
line() { awk '{ printf "%s\\\\n", $0 }' "$1"; } # PEM as a text of JSON, for sed

# jwk prints the key of a file: the public one, or with the word private the whole one (RFC 7518, section 6.3).
jwk() {
	members="kid use alg kty n e"
	[ $# -eq 1 ] || members="$members d p q dp dq qi"
	set -- $(openssl pkey -in "$1" -traditional | openssl asn1parse | sed -n 's/.*INTEGER *://p')
	shift # the version
	kid=$(bytes "$1" | openssl dgst -sha256 -r | cut -c1-16)
	text=""
	for name in $members; do
		case $name in
		kid) value=$kid ;;
		use) value=sig ;;
		alg) value=PS256 ;;
		kty) value=RSA ;;
		*) value=$(bytes "$1" | base64url) && shift ;;
		esac
		text="$text,\"$name\":\"$value\""
	done
	echo "{${text#,}}"
}

[ -s "$folder/authority.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
	-subj "/CN=conformance-authority" -keyout "$folder/authority-key.pem" -out "$folder/authority.pem" 2> "$folder/log"
fill="s|\"AUTHORITY\"|\"$(line "$folder/authority.pem")\"|"
for client in 1 2; do
	key=$folder/key-$client.pem
	[ -s "$key" ] || openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$key" 2> "$folder/log"
	certificate=$folder/certificate-$client
	[ -s "$certificate.pem" ] || openssl req -x509 -CA "$folder/authority.pem" -CAkey "$folder/authority-key.pem" -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=conformance-$client" -addext basicConstraints=critical,CA:FALSE \
		-addext extendedKeyUsage=clientAuth -keyout "$certificate-key.pem" -out "$certificate.pem" 2> "$folder/log"
	fill="$fill;s|\"PUBLIC_KEY_$client\"|$(jwk "$key")|;s|\"PRIVATE_KEY_$client\"|$(jwk "$key" private)|"
	fill="$fill;s|\"CERTIFICATE_$client\"|\"$(line "$certificate.pem")\"|;s|\"CERTIFICATE_KEY_$client\"|\"$(line "$certificate-key.pem")\"|"
done
for file in "$here"/conformance-fapi.yaml "$here"/../conformance/fapi*.json; do
	sed "$fill" "$file" > "$folder/$(basename "$file")"
done
