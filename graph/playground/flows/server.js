// What the server says of itself.

const { issuer } = document.body.dataset;

// loadServer reads the metadata (RFC 8414). keys returns the server's public keys, and asks anew for a kid that it does not know.
export async function loadServer() {
  const read = async (url) => (await fetch(url, { credentials: 'omit' })).json();
  const metadata = await read(issuer + '/.well-known/openid-configuration');
  let keys = [];
  return {
    ...metadata,
    async keys(kid) {
      if (!keys.some((key) => key.kid === kid)) ({ keys } = await read(metadata.jwks_uri));
      return keys;
    },
  };
}
