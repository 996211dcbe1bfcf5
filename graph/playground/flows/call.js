// One request to the server and its answer, and how both are written down.

// secretFields are those that prove somebody: masked on the page, variables in a curl line.
const secretFields = {
  client_secret: 'CLIENT_SECRET', client_assertion: 'CLIENT_ASSERTION', password: 'PASSWORD', assertion: 'ASSERTION',
};

// shownHeaders are the headers of an answer that matter here.
const shownHeaders = ['Content-Type', 'Cache-Control', 'WWW-Authenticate', 'DPoP-Nonce', 'Retry-After', 'Location', 'X-Request-ID'];

// call sends a request and returns what came, with what was sent. A request is
// { title, method, url, headers, fields, credential, proofKey, token }: fields are pairs of name and value and make a form, the
// credential proves the client, and token is the access token that is presented. show is called with each answer: there are two when
// the server wants a nonce in the proof of the key (RFC 9449 §8).
export async function call(request, show) {
  const answer = await receive(await prepared(request));
  const { proofKey } = request;
  const nonce = answer.headers['DPoP-Nonce'];
  const again = proofKey && nonce && nonce !== proofKey.nonce && wantsNonce(answer);
  if (proofKey && nonce) proofKey.nonce = nonce;
  show(answer);
  return again ? call({ ...request, title: request.title + ', with the nonce' }, show) : answer;
}

const wantsNonce = (answer) =>
  answer.json?.error === 'use_dpop_nonce' || (answer.headers['WWW-Authenticate'] ?? '').includes('use_dpop_nonce');

async function prepared({ title, method = 'POST', url, headers = {}, fields, credential, proofKey, token }) {
  const sent = { title, method, url, headers: { ...headers }, fields: fields && [...fields], client: credential?.client };
  if (credential) await credential.prove(sent);
  if (token) sent.headers.Authorization = (proofKey ? 'DPoP ' : 'Bearer ') + token;
  if (proofKey) sent.headers.DPoP = await proofKey.proof(method, url, token);
  return sent;
}

async function receive(sent) {
  const answer = { sent, status: 0, statusText: '', headers: {}, text: '', json: null };
  try {
    const response = await fetch(sent.url, {
      method: sent.method,
      headers: sent.headers,
      body: sent.fields && new URLSearchParams(sent.fields),
      credentials: 'omit', // the administrator's session is not the client's
      redirect: 'manual',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    answer.status = response.status;
    answer.statusText = response.statusText;
    for (const name of shownHeaders) {
      if (response.headers.has(name)) answer.headers[name] = response.headers.get(name);
    }
    answer.text = await response.text();
  } catch (error) {
    answer.text = 'No answer: ' + error.message;
    return answer;
  }
  try {
    answer.json = JSON.parse(answer.text);
  } catch {
    // a JWT, or nothing at all
  }
  return answer;
}

export const succeeded = (answer) => answer.status >= 200 && answer.status < 300;

const mask = '••••••';

// requestText is a request as it goes over the wire, a field in each line. Secrets are masked unless they are wanted.
export function requestText(sent, secrets) {
  const url = new URL(sent.url);
  const lines = [`${sent.method} ${url.pathname}${url.search}`, `Host: ${url.host}`];
  for (const [name, value] of Object.entries(sent.headers)) {
    lines.push(`${name}: ${isBasic(name, value) && !secrets ? 'Basic ' + mask : value}`);
  }
  if (sent.fields) {
    lines.push('Content-Type: application/x-www-form-urlencoded', '');
    for (const [name, value] of sent.fields) lines.push(`${name}=${name in secretFields && !secrets ? mask : value}`);
  }
  return lines.join('\n');
}

const isBasic = (name, value) => name === 'Authorization' && value.startsWith('Basic ');

// hasSecrets reports whether requestText masks something.
export const hasSecrets = (sent) => requestText(sent, true) !== requestText(sent, false);

const quoted = (text) => "'" + text.replaceAll("'", `'\\''`) + "'";

// curlText is a request for a shell. Secrets, and proofs that are good once, are variables to set before.
export function curlText(sent) {
  const words = ['curl -i'];
  if (sent.certifiedURL) words.push('--cert client.pem --key client-key.pem');
  if (sent.method !== 'POST') words.push('-X ' + sent.method);
  for (const [name, value] of Object.entries(sent.headers)) {
    if (isBasic(name, value)) words.push(`-u ${quoted(encodeURIComponent(sent.client.clientId) + ':')}"$CLIENT_SECRET"`);
    else if (name === 'DPoP') words.push('-H "DPoP: $DPOP_PROOF"');
    else words.push('-H ' + quoted(`${name}: ${value}`));
  }
  for (const [name, value] of sent.fields ?? []) {
    words.push('--data-urlencode ' + (name in secretFields ? `"${name}=$${secretFields[name]}"` : quoted(`${name}=${value}`)));
  }
  return [...words, quoted(sent.certifiedURL ?? sent.url)].join(' \\\n  ');
}
