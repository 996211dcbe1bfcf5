// Compares the schema with that of the last release: what would break a client that works with the release is a failure.
import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const read = (file) => buildSchema(readFileSync(file, 'utf8'));
const [released, present] = [read('released.graphql'), read('schema.graphql')];
const changes = await diff(released, present);
const breaking = changes.filter(({ criticality: { level } }) => level === CriticalityLevel.Breaking);
for (const { path, message } of breaking) console.log(`${CriticalityLevel.Breaking} ${path}: ${message}`);
if (breaking.length > 0) {
  console.error(`${breaking.length} changes break clients of the last release`);
  process.exitCode = 1; // exit would cut off what is not written yet
} else console.log(`ok ${Object.keys(released.getTypeMap()).length} types, ${changes.length} changes, none breaking`);
