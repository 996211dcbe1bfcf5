// What graphql-codegen makes of the schema for TypeScript: the types of every operation, and documents as plain strings.
export default {
  schema: 'schema.graphql',
  documents: ['readme.graphql', 'client.ts'],
  ignoreNoDocuments: false,
  generates: {
    'generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true, // a scalar without a line below is a failure, not an any
        scalars: { DateTime: 'string', EmailAddress: 'string', JSON: 'unknown', URI: 'string', UUID: 'string' },
      },
    },
  },
  importExtension: '.js',
};
