// Proofs of possession of a key (DPoP, RFC 9449).
import { random } from '../session.js';
import { digest, newSigner, seconds, sign } from './jose.js';

// ProofKey is a key that lives as long as the page, and the last nonce that the server gave for it.
export class ProofKey {
  static async make() {
    const made = new ProofKey();
    made.signer = await newSigner();
    const { crv, kty, x, y } = made.signer.jwk;
    made.thumbprint = await digest(JSON.stringify({ crv, kty, x, y })); // RFC 7638
    return made;
  }

  // proof is for one request (§4.2); with an access token it says which (ath).
  async proof(method, url, token) {
    const claims = { jti: random(), htm: method, htu: url.split(/[?#]/)[0], iat: seconds() };
    if (this.nonce) claims.nonce = this.nonce;
    if (token) claims.ath = await digest(token);
    return sign(this.signer, { typ: 'dpop+jwt', jwk: this.signer.jwk }, claims);
  }
}
