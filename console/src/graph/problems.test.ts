import { expect, test } from 'vitest';
import { byField } from './problems';

const refusal = (message: string, ...path: string[]) => ({ code: 'VALIDATION_FAILED', message, path });

test('all refusals stand at their fields at once, the others apart', () => {
  const fields = new Set(['email', 'address:country', 'redirectUris']);
  const { atFields, others } = byField(
    [
      refusal('no address', 'input', 'email'),
      refusal('no country', 'input', 'address', 'country'),
      refusal('no URI', 'input', 'redirectUris', '1'),
      refusal('something else', 'input', 'unknown'),
    ],
    fields,
  );
  expect(atFields).toEqual({ email: 'no address', 'address:country': 'no country', redirectUris: 'no URI' });
  expect(others.map(({ message }) => message)).toEqual(['something else']);
});
