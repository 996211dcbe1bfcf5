import type { CreateClientInput } from '../../graph/generated/graphql';
import type { Text } from '../../texts/texts';

/** A kind of application: who it is for, and what is safe for it. */
export interface ClientKind {
  id: string;
  title: Text;
  description: Text;
  /** People sign in and come back to the application. */
  redirects: boolean;
  defaults: CreateClientInput;
}

const code = ['authorization_code', 'refresh_token'];

/** The kinds that can be registered with guidance. */
export const clientKinds: readonly ClientKind[] = [
  {
    id: 'web',
    title: 'Web application',
    description: 'Runs on a server that can hold a secret.',
    redirects: true,
    defaults: { applicationType: 'web', grantTypes: code, tokenEndpointAuthMethod: 'client_secret_basic', requirePkce: true },
  },
  {
    id: 'single-page',
    title: 'Single-page application',
    description: 'Runs in the browser and holds no secret.',
    redirects: true,
    defaults: { applicationType: 'web', grantTypes: code, tokenEndpointAuthMethod: 'none', requirePkce: true, refreshTokenRotation: true },
  },
  {
    id: 'native',
    title: 'Native application',
    description: 'Installed on a phone or a computer; comes back by a loopback address or an address of its own.',
    redirects: true,
    defaults: { applicationType: 'native', grantTypes: code, tokenEndpointAuthMethod: 'none', requirePkce: true, refreshTokenRotation: true },
  },
  {
    id: 'machine',
    title: 'Machine',
    description: 'A service that acts for itself, without people.',
    redirects: false,
    defaults: { grantTypes: ['client_credentials'], tokenEndpointAuthMethod: 'client_secret_basic' },
  },
  {
    id: 'api',
    title: 'API',
    description: 'Takes tokens, and exchanges them for tokens of the services behind it.',
    redirects: false,
    defaults: { grantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'], tokenEndpointAuthMethod: 'client_secret_basic' },
  },
  {
    id: 'device',
    title: 'Device',
    description: 'A television or a tool without a browser: people sign in on another device.',
    redirects: false,
    defaults: { grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], tokenEndpointAuthMethod: 'none' },
  },
  {
    id: 'agent',
    title: 'Agent',
    description: 'Acts for a person at APIs, for example over the Model Context Protocol.',
    redirects: true,
    defaults: {
      applicationType: 'native',
      grantTypes: code,
      tokenEndpointAuthMethod: 'none',
      requirePkce: true,
      refreshTokenRotation: true,
      skipConsent: false,
    },
  },
];
