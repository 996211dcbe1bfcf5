import { expect, test } from 'vitest';
import { readListState, writeListState } from './listState';

const write = (before: string, change: Parameters<typeof writeListState>[1]) =>
  writeListState(new URLSearchParams(before), change).toString();

test('the address holds what is not the default, and nothing else', () => {
  expect(write('', { search: '', size: 25, filters: { active: '' } })).toBe('');
  const address = write('', { search: 'kari', order: { field: 'NAME', descending: true }, size: 50, filters: { active: 'yes' } });
  expect(readListState(new URLSearchParams(address))).toEqual({
    search: 'kari',
    order: { field: 'NAME', descending: true },
    page: null,
    size: 50,
    columns: null,
    filters: { active: 'yes' },
  });
});

test('what changes which rows there are leads to the first page; columns do not', () => {
  expect(write('after=abc', { columns: ['name'] })).toContain('after=abc');
  expect(write('after=abc', { search: 'x' })).not.toContain('after');
  expect(write('after=abc', { page: { before: 'def' } })).toBe('before=def');
});

test('what is of others stays, what is not understood does not count', () => {
  expect(write('dialog=delete', { search: 'x' })).toBe('dialog=delete&q=x');
  expect(readListState(new URLSearchParams('size=99999')).size).toBe(25);
});
