// The rules of the schema: all that @graphql-eslint recommends for schemas and for Relay, and its stricter ones on mutations, inputs and errors.
import graphql from '@graphql-eslint/eslint-plugin';

export default [{
  files: ['schema/*.graphqls'],
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema/*.graphqls' } } },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  plugins: { '@graphql-eslint': graphql },
  rules: {
    ...graphql.configs['flat/schema-recommended'].rules,
    ...graphql.configs['flat/schema-relay'].rules,
    '@graphql-eslint/input-name': 'error',
    '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    '@graphql-eslint/require-nullable-result-in-root': 'error',
    '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
    '@graphql-eslint/require-description': ['error', { types: true, DirectiveDefinition: true, rootField: true }],
    'no-restricted-syntax': ['error', {
      // require-description looks only where a type is defined, but each file adds its own fields to the root types.
      selector: 'ObjectTypeExtension[name.value=/^(Query|Mutation|Subscription)$/] > FieldDefinition:not([description])',
      message: 'A root field has a description.',
    }, {
      // require-deprecation-date asks for an argument that @deprecated does not have in the language.
      selector: 'Directive[name.value=deprecated]:not(:has(StringValue[value=/ Removal after \\d{4}-\\d{2}-\\d{2}\\.?$/]))',
      message: 'The reason of @deprecated ends with: Removal after YYYY-MM-DD.',
    }],
    // Descriptions are one line, as comments are in Go.
    '@graphql-eslint/description-style': ['error', { style: 'inline' }],
    // Lists that are short and whole, such as redirectUris, are plain lists, and a connection has nodes beside its edges.
    '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
    '@graphql-eslint/strict-id-in-types': ['error', {
      exceptions: {
        suffixes: ['Connection', 'Edge', 'Payload'],
        types: [
          // Values: they are nothing without the object that they are read with.
          'Address', 'AuditAction', 'AuditChange', 'AuditEventAdded', 'SessionChanged', 'JobUpdated', 'ClientSecret', 'Consent', 'Count', 'Device', 'PageInfo', 'RemovedCounts', 'SessionClient',
          'RefusalRule', 'SentParameter', 'ClientAdvice', 'ClientUse', 'RemovedGroupCounts', 'RemovedRoleCounts', 'RemovedAttributeCounts', 'UserAttribute',
          'ClientActivity', 'ClientDay', 'IdentityProviderLevel', 'IdentityProviderTest', 'RecoveryCodes', 'Browser', 'ScopeUse', 'ResourceUse', 'JobCounts', 'JobFailure',
          'Dashboard', 'UserNumbers', 'UserActivity', 'DashboardDay', 'TokenNumbers', 'GrantTypeCount', 'ClientUsage',
          // Named by a URI.
          'Resource',
          // Errors.
          'InvalidInput', 'VersionConflict',
          // Its name is what names it, in every protocol.
          'Scope', 'AuthorizationDetailDefinition', 'Setting', 'Settings', 'Branding', 'BrandingText',
        ],
      },
    }],
  },
}];
