// What proves the chosen client: kept in variables of this page, sent to the server's endpoints and nowhere else.
import { element } from '../elements.js';
import { random } from '../session.js';
import { importSigner, secretSigner, seconds, sign } from './jose.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

// signs reports whether a client may have a private key to sign its requests with.
export const signs = (client) => client.tokenEndpointAuthMethod === 'private_key_jwt' || client.requireSignedRequestObject
  || [client.requestObjectSigningAlg, client.backchannelAuthenticationRequestSigningAlg].some((alg) => alg !== null && alg !== 'none');

// certified reports whether a certificate proves a client.
const certified = (client) => client.tokenEndpointAuthMethod.endsWith('tls_client_auth');

// Credential is that of a client, as far as the administrator has given it.
export class Credential {
  constructor(client, server) {
    this.client = client;
    this.server = server;
    this.secret = '';
    this.signer = null; // of a private key
    this.assertion = ''; // of a workload, that its platform has made
  }

  // prove adds to a request what its client's method wants (RFC 6749 §2.3, RFC 7523 §2.2).
  async prove(sent) {
    const { clientId, tokenEndpointAuthMethod: method } = this.client;
    if (method === 'client_secret_basic') {
      sent.headers.Authorization = 'Basic ' + btoa(encodeURIComponent(clientId) + ':' + encodeURIComponent(this.secret));
      return;
    }
    if (certified(this.client)) sent.certifiedURL = this.certifiedURL(sent.url);
    if (!sent.fields.some(([name]) => name === 'client_id')) sent.fields.push(['client_id', clientId]);
    if (method === 'client_secret_post') sent.fields.push(['client_secret', this.secret]);
    const assertion = method.endsWith('_jwt') && (this.assertion || await this.ownAssertion());
    if (assertion) sent.fields.push(['client_assertion_type', assertionType], ['client_assertion', assertion]);
  }

  // certifiedURL is where clients with certificates reach an endpoint (RFC 8705 §5).
  certifiedURL(url) {
    const same = (alias) => new URL(alias).pathname === new URL(url).pathname;
    return Object.values(this.server.mtls_endpoint_aliases ?? {}).find(same) ?? url;
  }

  async ownAssertion() {
    const { clientId, tokenEndpointAuthMethod: method, tokenEndpointAuthSigningAlg: alg } = this.client;
    const now = seconds();
    const signer = method === 'client_secret_jwt' && this.secret ? await secretSigner(this.secret, alg ?? 'HS256') : this.signer;
    return signer && sign(signer, { typ: 'JWT' }, {
      iss: clientId, sub: clientId, aud: this.server.issuer, jti: random(), iat: now, exp: now + 60,
    });
  }

  // signedRequest puts parameters into a JWT (RFC 9101 §4, CIBA Core §7.1.1).
  signedRequest(parameters) {
    if (this.signer === null) throw new Error('Give the private key first.');
    const now = seconds();
    const claims = { iss: this.client.clientId, aud: this.server.issuer, jti: random(), iat: now, nbf: now, exp: now + 60 };
    for (const [name, value] of parameters) claims[name] = name in claims ? [claims[name], value].flat() : value; // of resource
    return sign(this.signer, { typ: 'oauth-authz-req+jwt' }, { ...claims, client_id: this.client.clientId });
  }

  // form asks for it.
  form() {
    const { tokenEndpointAuthMethod: method, assertionIssuer } = this.client;
    const text = (words) => element('p', {}, words);
    if (method === 'none') return [text('It is a public client: it has no secret, and sends its client_id alone.')];
    if (certified(this.client)) {
      return [text('It is proven by a certificate, which a page cannot choose: copy the requests as curl lines. '
        + 'What you send from here is refused.')];
    }
    if (method === 'private_key_jwt' && !assertionIssuer) return this.keyField('Private key');
    const proof = assertionIssuer ? this.assertionField() : this.secretField();
    return signs(this.client) ? [proof, ...this.keyField('Private key, for signed requests')] : [proof];
  }

  secretField() {
    const input = element('input', { id: 'credential-secret', type: 'password', autocomplete: 'off', spellcheck: 'false' });
    input.addEventListener('input', () => { this.secret = input.value; });
    return element('form', { class: 'field', onsubmit: (event) => event.preventDefault() },
      element('label', { for: input.id }, 'Client secret'), input,
      element('small', {}, 'It stays in the memory of this page, and is sent to this server alone. The server cannot show it: '
        + 'if nobody knows it, add another one (addClientSecret).'));
  }

  assertionField() {
    const area = element('textarea', { id: 'credential-assertion', rows: 3, autocomplete: 'off', spellcheck: 'false' });
    area.addEventListener('input', () => { this.assertion = area.value.trim(); });
    return element('div', { class: 'field' }, element('label', { for: area.id }, 'Assertion of the workload'), area,
      element('small', {}, `A JWT that ${this.client.assertionIssuer} has issued about ${this.client.assertionSubject}.`));
  }

  keyField(label) {
    const area = element('textarea', { id: 'credential-key', rows: 4, autocomplete: 'off', spellcheck: 'false' });
    const result = element('p', { id: 'credential-result', role: 'status' });
    const use = async () => {
      try {
        const { tokenEndpointAuthMethod: method, tokenEndpointAuthSigningAlg: proving, requestObjectSigningAlg: asking } = this.client;
        this.signer = await importSigner(area.value, (method === 'private_key_jwt' && proving) || asking);
        area.value = '';
        result.textContent = `The key is in use (${this.signer.alg}${this.signer.kid ? ', ' + this.signer.kid : ''}).`;
      } catch (error) {
        result.textContent = error.message;
      }
    };
    return [
      element('div', { class: 'field' }, element('label', { for: area.id }, label + ' (JSON Web Key)'), area,
        element('small', {}, 'It is handed to the browser’s cryptography, from which this page cannot read it again, and emptied here.')),
      element('button', { id: 'credential-use', type: 'button', onclick: use }, 'Use the key'),
      result,
    ];
  }
}
