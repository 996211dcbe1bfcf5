// The grants, in the order of the page. A grant is { type, title, clause, about, form }: form makes the form of its first request for a
// Flow, and type is its grant_type.
import { authorizationCode } from './grants/authorization_code.js';
import { ciba } from './grants/ciba.js';
import { clientCredentials } from './grants/client_credentials.js';
import { deviceCode } from './grants/device_code.js';
import { implicit } from './grants/implicit.js';
import { jwtBearer } from './grants/jwt_bearer.js';
import { password } from './grants/password.js';
import { refreshToken } from './grants/refresh_token.js';
import { tokenExchange } from './grants/token_exchange.js';

export const grants = [authorizationCode, refreshToken, clientCredentials, deviceCode, tokenExchange, ciba, jwtBearer, implicit, password];

// lacking says why a client cannot use a grant, or ''. The server does not say of the password grant whether it has it.
export function lacking({ type }, client, server) {
  if (type !== 'password' && !server.grant_types_supported.includes(type)) return 'not on this server';
  if (!client.grantTypes.includes(type)) return 'not among its grant_types';
  if (type === 'implicit' && client.responseTypes.every((t) => t.split(' ').includes('code'))) return 'no response type without a code';
  return '';
}
