// Writes what the console must know of the fields of a client beside their types: how each is edited, what the schema says of it,
// and the fragment that reads them all. A new field of the schema is in the console by `npm run build`.
import { readFileSync, writeFileSync } from 'node:fs';
import { buildSchema, getNamedType, getNullableType, isListType } from 'graphql';

const schema = buildSchema(readFileSync(new URL('../../docs/schema.graphqls', import.meta.url), 'utf8'));
const read = schema.getType('Client').getFields();
const written = schema.getType('UpdateClientInput').getFields();
const generated = new URL('../src/screens/clients/generated/', import.meta.url);

function kindOf(type) {
  if (isListType(getNullableType(type))) return 'lines';
  return { Boolean: 'flag', Int: 'number', JSON: 'json' }[getNamedType(type).name] ?? 'text';
}

const fields = Object.fromEntries(
  Object.values(written)
    .filter(({ name }) => name in read)
    .filter(({ name }) => name !== 'id')
    .map(({ name, type, description }) => [name, { kind: kindOf(type), help: description ?? read[name].description ?? '' }]),
);
writeFileSync(new URL('client-fields.json', generated), `${JSON.stringify(fields, null, 2)}\n`);
writeFileSync(
  new URL('client-fields.graphql', generated),
  `fragment ClientFields on Client {\n${Object.keys(fields).map((name) => `  ${name}\n`).join('')}}\n`,
);
