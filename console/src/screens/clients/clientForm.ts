import { linesOf } from '../../form/changes';
import type { Field, FieldKind } from '../../form/Fields';
import declarations from './generated/client-fields.json';
import type { ClientProfileFragment, UpdateClientInput } from '../../graph/generated/graphql';
import type { Text } from '../../texts/texts';

type Name = keyof typeof declarations;

/** A client as the fields of the form have it: lists a line each, numbers and JSON as they are written. */
export type ClientValues = Record<Name, string | boolean>;

/** The fields with a name in words; all others go by their name in the API. */
const labels: Partial<Record<Name, Text>> = {
  name: 'Name',
  description: 'Description',
  active: 'Active',
  uri: 'Website',
  redirectUris: 'Redirect URIs, one a line',
  postLogoutRedirectUris: 'Redirect URIs after sign-out, one a line',
  grantTypes: 'Grant types, one a line',
  scopes: 'Scopes, one a line',
  tokenEndpointAuthMethod: 'Authentication',
  requirePkce: 'Requires PKCE',
  skipConsent: 'Asks for no consent',
  serviceAdmin: 'May administer',
  accessTokenTtl: 'Seconds of an access token',
  idTokenTtl: 'Seconds of an ID token',
  refreshTokenTtl: 'Seconds of a refresh token',
  refreshTokenRotation: 'Refresh tokens are used once',
};

const kindOf = (name: Name) => declarations[name].kind as FieldKind;

const fieldOf = (name: Name): Field<ClientValues> => ({
  name,
  label: labels[name] ?? { term: name },
  kind: kindOf(name),
  help: declarations[name].help || undefined,
});

const names = Object.keys(declarations) as Name[];

/** The fields of a client: those that most people change first, then every other one. */
export const clientGroups: readonly { title: Text; fields: readonly Field<ClientValues>[] }[] = [
  { title: 'Application', fields: names.filter((name) => name in labels).map(fieldOf) },
  { title: 'Everything else', fields: names.filter((name) => !(name in labels)).map(fieldOf) },
];

/** The values of a client. */
export function valuesOf(client: ClientProfileFragment): ClientValues {
  return Object.fromEntries(
    names.map((name) => {
      const value: unknown = client[name];
      if (kindOf(name) === 'flag') return [name, value === true];
      if (value === null || value === undefined) return [name, ''];
      if (Array.isArray(value)) return [name, value.join('\n')];
      return [name, typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)];
    }),
  ) as ClientValues;
}

/** The changes as the API takes them, or the field whose text is no number or no JSON. */
export function changesOf(changes: Partial<ClientValues>): { input: Omit<UpdateClientInput, 'id'> } | { fault: Name } {
  const input: Record<string, unknown> = {};
  for (const name of Object.keys(changes) as Name[]) {
    const value = changes[name];
    if (typeof value !== 'string') input[name] = value;
    else if (kindOf(name) === 'lines') input[name] = linesOf(value);
    else if (value.trim() === '') input[name] = null;
    else if (kindOf(name) === 'number') {
      if (!/^-?\d+$/.test(value.trim())) return { fault: name };
      input[name] = Number(value);
    } else if (kindOf(name) === 'json') {
      try {
        input[name] = JSON.parse(value);
      } catch {
        return { fault: name };
      }
    } else input[name] = value;
  }
  return { input };
}
