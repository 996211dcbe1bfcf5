#!/bin/sh
# Builds the console into dist. Vite needs Node.js 20.19; where there is an older one, as Debian 12 has, npm brings another.
set -eu
cd "$(dirname "$0")"
modern='const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
if ! node -e "$modern"; then
	brought=$(mktemp -d)
	trap 'rm -rf "$brought"' EXIT
	npm install --prefix "$brought" --no-audit --no-fund --no-save "node-linux-$(node -p process.arch)@20.20.2"
	PATH="$brought/node_modules/node-linux-$(node -p process.arch)/bin:$PATH"
fi
npm ci --no-audit --no-fund
npm run build
