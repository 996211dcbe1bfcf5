import { expect, test } from 'vitest';
import { changedFields, rebase } from './changes';

const before = { name: 'Kari', email: 'kari@example.org', active: true };

test('only what differs is a change', () => {
  expect(changedFields(before, { ...before, active: false })).toEqual(['active']);
});

test('yours over theirs: their changes stay where you have made none', () => {
  const theirs = { ...before, email: 'kari@example.com', name: 'Kari N.' };
  expect(rebase(before, theirs, { ...before, name: 'Kari Nordmann' })).toEqual({ ...theirs, name: 'Kari Nordmann' });
});
