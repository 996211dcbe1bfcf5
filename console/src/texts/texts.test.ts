import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { texts } from './texts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('generated') && !name.startsWith('texts'))
  .map((name) => readFileSync(join('src', name), 'utf8'))
  .join('\n');

test('every text is said somewhere', () => {
  expect(texts.filter((text) => !sources.includes(`'${text}'`) && !sources.includes(`"${text}"`))).toEqual([]);
});

// The compiler holds that no text is missing; it lets one be too many.
test.each(['de', 'es', 'fr', 'ja', 'nb'])('%s has no other texts, and each has the places of its English text', (language) => {
  const catalogue = JSON.parse(readFileSync(join('src/texts', `${language}.json`), 'utf8')) as Record<string, string>;
  expect(Object.keys(catalogue).sort()).toEqual([...texts].sort());
  const places = (text: string) => text.split('%s').length;
  expect(Object.entries(catalogue).filter(([text, translation]) => places(text) !== places(translation))).toEqual([]);
});
