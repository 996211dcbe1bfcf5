// The MCP client of the TypeScript SDK, unchanged: it finds the authorization server, registers itself or is the address of a document,
// signs a person in and calls a tool.
// The tool calls a further API for the person, with a token that says who acts.
import { Person, check, env } from './person.mjs';
import { createServer } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UnauthorizedError, auth } from '@modelcontextprotocol/sdk/client/auth.js';

const issuer = env('AUTHLY_ISSUER'), resource = new URL(env('MCP_RESOURCE')), tickets = env('TICKETS_RESOURCE');
const server = `Basic ${btoa(`mcp-server:${env('AUTHLY_CLIENT_SECRET')}`)}`;
const post = async (path, values) => (await fetch(issuer + path, {
  method: 'POST', headers: { authorization: server }, body: new URLSearchParams(values),
})).json();

// The MCP server is a protected resource (RFC 9728): it names its authorization server, and takes tokens that are for it alone.
const metadataPath = `/.well-known/oauth-protected-resource${resource.pathname}`;
const protectedResource = createServer(async (request, response) => {
  const answer = (status, body, headers = {}) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  if (request.url === metadataPath) {
    return answer(200, { resource: resource.href, authorization_servers: [issuer], scopes_supported: ['tickets:read', 'offline_access'] });
  }
  const token = (request.headers.authorization || '').replace(/^Bearer /, '');
  const found = token && await post('/api/v1/oauth/introspect', { token });
  if (!found || !found.active || ![found.aud].flat().includes(resource.href) || !found.scope.split(' ').includes('tickets:read')) {
    return answer(401, {}, { 'www-authenticate': `Bearer resource_metadata="${resource.origin}${metadataPath}"` });
  }
  if (request.method !== 'POST') return answer(405, {});
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { id, method, params } = JSON.parse(Buffer.concat(chunks));
  if (id === undefined) return response.writeHead(202).end();
  const results = {
    initialize: () => ({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'tickets', version: '1' } }),
    'tools/call': async () => {
      const exchanged = await post('/api/v1/oauth/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: token, resource: tickets, scope: 'tickets:read',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
      return { content: [{ type: 'text', text: JSON.stringify({ sub: found.sub, exchanged }) }] };
    },
  };
  return answer(200, { jsonrpc: '2.0', id, result: await results[method]() });
}).listen(resource.port, resource.hostname);

const described = process.env.MCP_CLIENT_DOCUMENT; // the client is its document, or else registers itself
const stored = {};
const provider = {
  clientMetadataUrl: described,
  redirectUrl: 'http://127.0.0.1:8976/callback',
  clientMetadata: {
    client_name: 'Assistant', redirect_uris: ['http://127.0.0.1:8976/callback'], token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  },
  clientInformation: () => stored.client,
  saveClientInformation: (client) => { stored.client = client; },
  tokens: () => stored.tokens,
  saveTokens: (tokens) => { stored.tokens = tokens; },
  redirectToAuthorization: (address) => { stored.address = address; },
  saveCodeVerifier: (verifier) => { stored.verifier = verifier; },
  codeVerifier: () => stored.verifier,
  state: () => 'state-of-the-assistant',
};

const transport = new StreamableHTTPClientTransport(resource, { authProvider: provider });
const refused = await new Client({ name: 'assistant', version: '1' }).connect(transport).then(() => undefined, (err) => err);
check(refused instanceof UnauthorizedError && stored.address, 'the client is asked for a token');
check(described ? stored.client.client_id === described : stored.client.client_id && !stored.client.client_secret, 'the client is known');
check(stored.address.searchParams.get('resource') === resource.href, 'the client asks for a token for the server');

const person = new Person(issuer, 'alice', env('AUTHLY_PASSWORD'));
const back = await person.authorize(stored.address);
check(back.searchParams.get('state') === 'state-of-the-assistant' && back.searchParams.get('iss') === issuer, 'the person has allowed it');
await transport.finishAuth(back.searchParams.get('code'));
const client = new Client({ name: 'assistant', version: '1' });
await client.connect(new StreamableHTTPClientTransport(resource, { authProvider: provider }));
check(true, 'the client is connected');

const called = JSON.parse((await client.callTool({ name: 'list', arguments: {} })).content[0].text);
const claims = JSON.parse(Buffer.from(called.exchanged.access_token.split('.')[1], 'base64url'));
check(claims.sub === called.sub && claims.aud === tickets && claims.act.sub === 'mcp-server', 'the server acts for the person at another API');

const before = stored.tokens.access_token;
check(await auth(provider, { serverUrl: resource }) === 'AUTHORIZED' && stored.tokens.access_token !== before, 'the client renews its token');
await client.close();
protectedResource.close();
protectedResource.closeAllConnections();
