import type { CombinedError } from 'urql';
import type { Text } from '../texts/texts';

/** A refusal in the payload of a mutation. */
export interface UserError {
  code: string;
  message: string;
  path?: string[] | null;
}

/** The code of a refusal because the person has signed in too long ago (RFC 9470). */
export const oldSignIn = 'INSUFFICIENT_USER_AUTHENTICATION';

/** The codes of the errors of a response. */
export function codesOf(error: CombinedError): string[] {
  return error.graphQLErrors.flatMap(({ extensions }) => (typeof extensions['code'] === 'string' ? [extensions['code']] : []));
}

/** What to tell the person of an error of a whole request: a text of the console, and what the server said if it said something. */
export function describe(error: CombinedError): { text: Text; detail?: string } {
  if (error.networkError) return { text: 'The server cannot be reached.' };
  const codes = codesOf(error);
  const detail = error.graphQLErrors[0]?.message;
  if (codes.includes('INSUFFICIENT_PRIVILEGES')) return { text: 'You are not allowed to do this.', detail };
  if (codes.includes('RATE_LIMIT_EXCEEDED')) return { text: 'Too many requests. Try again in a moment.' };
  if (codes.includes(oldSignIn)) return { text: 'Sign in again to go on.' };
  return { text: 'The server refused the request.', detail };
}

/** The refusals by field of the input, and those that belong to none of the fields that the form has. */
export function byField(errors: readonly UserError[], fields: ReadonlySet<string>) {
  const atFields: Record<string, string> = {};
  const others: UserError[] = [];
  for (const error of errors) {
    const field = error.path?.slice(1).join(':') ?? '';
    const top = error.path?.[1] ?? '';
    const place = fields.has(field) ? field : fields.has(top) ? top : undefined;
    if (place && !(place in atFields)) atFields[place] = error.message;
    else others.push(error);
  }
  return { atFields, others };
}
