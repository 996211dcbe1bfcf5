import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../docs/schema.graphqls',
  documents: 'src/**/*.graphql',
  generates: {
    'src/graph/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        strictScalars: true,
        useTypeImports: true,
        skipTypename: false,
        scalars: { DateTime: 'string', UUID: 'string', EmailAddress: 'string', URI: 'string', JSON: 'unknown' },
      },
    },
  },
};

export default config;
