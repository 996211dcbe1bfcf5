// JSON Web Tokens by WebCrypto: reads them, checks their signatures with the server's keys, and signs with a client's key or
// secret.
import { base64url } from '../session.js';

// algorithms are those of RFC 7518 and RFC 8037 that the server knows, in the words of WebCrypto.
const algorithms = {
  RS256: { kty: 'RSA', name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { kty: 'RSA', name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { kty: 'RSA', name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { kty: 'RSA', name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  PS384: { kty: 'RSA', name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 },
  PS512: { kty: 'RSA', name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 },
  ES256: { kty: 'EC', name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { kty: 'EC', name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  EdDSA: { kty: 'OKP', name: 'Ed25519' },
  HS256: { kty: 'oct', name: 'HMAC', hash: 'SHA-256' },
  HS384: { kty: 'oct', name: 'HMAC', hash: 'SHA-384' },
  HS512: { kty: 'oct', name: 'HMAC', hash: 'SHA-512' },
};

const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const json = (part) => JSON.parse(new TextDecoder().decode(bytes(part)));

const encoded = (value) => base64url(new TextEncoder().encode(JSON.stringify(value)));

// decode returns the header and the claims of a JWT, or null for any other text.
export function decode(text) {
  const parts = text.split('.');
  if (parts.length !== 3) return null;
  try {
    return { header: json(parts[0]), claims: json(parts[1]) };
  } catch {
    return null;
  }
}

// verify says in words whether one of the keys of a JSON Web Key Set has signed a JWT.
export async function verify(text, keys) {
  const [header, claims, signature] = text.split('.');
  const { alg, kid } = json(header);
  const algorithm = algorithms[alg];
  if (algorithm === undefined) return { valid: false, words: `The algorithm ${alg} is not one of the server.` };
  const key = keys.find((k) => k.kid === kid && k.kty === algorithm.kty);
  if (key === undefined) return { valid: false, words: 'No key of the server has its kid.' };
  try {
    const imported = await crypto.subtle.importKey('jwk', { ...key, key_ops: ['verify'], alg: undefined }, algorithm, false, ['verify']);
    const valid = await crypto.subtle.verify(algorithm, imported, bytes(signature), new TextEncoder().encode(header + '.' + claims));
    return valid ? { valid, words: `Signature valid: ${alg}, key ${kid}.` } : { valid, words: 'The signature is not valid.' };
  } catch (error) {
    return { valid: false, words: `This browser could not check the signature: ${error.message}` };
  }
}

// importSigner takes a private JSON Web Key (RFC 7517), which cannot be read from the page again. A given alg decides; else that of the
// key, else what its type allows.
export async function importSigner(text, alg) {
  let jwk;
  try {
    jwk = JSON.parse(text);
  } catch {
    throw new Error('This is not JSON.');
  }
  if (Array.isArray(jwk.keys)) jwk = jwk.keys[0]; // of a set, as tools write them
  const name = alg || jwk?.alg || Object.keys(algorithms).find((a) => algorithms[a].kty === jwk?.kty);
  const algorithm = algorithms[name];
  if (algorithm === undefined || algorithm.kty !== jwk.kty) throw new Error(`The type of the key does not fit ${name || 'any algorithm'}.`);
  if (jwk.d === undefined) throw new Error('This is a public key; the private one has the member d.');
  const material = { ...jwk, key_ops: ['sign'], use: undefined, alg: undefined };
  const key = await crypto.subtle.importKey('jwk', material, algorithm, false, ['sign']);
  return { key, alg: name, kid: jwk.kid };
}

// secretSigner signs with a secret (client_secret_jwt).
export async function secretSigner(secret, alg) {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithms[alg], false, ['sign']);
  return { key, alg };
}

// sign makes a JWT.
export async function sign(signer, header, claims) {
  const input = encoded({ alg: signer.alg, kid: signer.kid, ...header }) + '.' + encoded(claims);
  const signature = await crypto.subtle.sign(algorithms[signer.alg], signer.key, new TextEncoder().encode(input));
  return input + '.' + base64url(new Uint8Array(signature));
}

// newSigner makes an ES256 key that cannot leave the page. Its public part is jwk.
export async function newSigner() {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { key: pair.privateKey, alg: 'ES256', jwk: { kty, crv, x, y } };
}

// digest is the base64url of SHA-256 of text, as ath and thumbprints are.
export const digest = async (text) => base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));

export const seconds = () => Math.floor(Date.now() / 1000);
