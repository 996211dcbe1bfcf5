// Compares the schema with that of the last release: what would break a client that works with the release is a failure.
import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const read = (file) => buildSchema(readFileSync(file, 'utf8'));
const [released, present] = [read('released.graphql'), read('schema.graphql')];
const changes = await diff(released, present);
for (const { criticality: { level }, path, message } of changes) console.log(`${level} ${path}: ${message}`);
const breaking = changes.filter(({ criticality: { level } }) => level === CriticalityLevel.Breaking);
if (breaking.length > 0) {
  console.error(`${breaking.length} changes break clients of the last release`);
  process.exit(1);
}
console.log(`ok ${Object.keys(released.getTypeMap()).length} types, ${changes.length} changes, none breaking`);
