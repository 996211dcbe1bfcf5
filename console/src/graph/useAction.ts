import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useCallback, useRef, useState } from 'react';
import { useClient } from 'urql';
import { notifyOldSignIn, notifyProblem, notifyRefusals } from '../app/notices';
import { signIn } from '../session/session';
import { type UserError, codesOf, oldSignIn } from './problems';

/** A mutation of the console takes one input and the key of its @idempotent. */
export type Action<Data, Input> = TypedDocumentNode<Data, { input: Input; key: string }>;

export type Outcome<Payload> = { ok: true; payload: Payload } | { ok: false; errors: readonly UserError[]; payload: Payload | null };

/** The one payload of a mutation with one root field. */
function payloadOf<Payload>(data: Record<string, unknown>): Payload | null {
  const [payload] = Object.entries(data).flatMap(([name, value]) => (name === '__typename' ? [] : [value]));
  return (payload ?? null) as Payload | null;
}

type PayloadOf<Data> = NonNullable<{ [Name in Exclude<keyof Data, '__typename'>]: Data[Name] }[Exclude<keyof Data, '__typename'>]>;

/**
 * Runs a mutation once for each thing that the person asks for: a second try with the same input after a lost answer has the key
 * of the first, so that the server does it once. Refusals are shown as a notice unless the caller puts them at fields. When the
 * sign-in is too old, the person is led to another: in another tab if there are fields, so that nothing typed is lost.
 */
export function useAction<Data extends object, Input>(document: Action<Data, Input>, options: { atFields?: boolean } = {}) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const attempt = useRef<{ input: string; key: string } | null>(null);
  const atFields = options.atFields ?? false;

  const run = useCallback(
    async (input: Input): Promise<Outcome<PayloadOf<Data>>> => {
      const text = JSON.stringify(input);
      if (attempt.current?.input !== text) attempt.current = { input: text, key: crypto.randomUUID() };
      setBusy(true);
      const { data, error } = await client.mutation(document, { input, key: attempt.current.key }).toPromise();
      setBusy(false);
      if (error && !data) {
        if (!error.networkError) attempt.current = null;
        if (!codesOf(error).includes(oldSignIn)) notifyProblem(error);
        else if (atFields) notifyOldSignIn();
        else signIn({ stepUp: true });
        return { ok: false, errors: [], payload: null };
      }
      attempt.current = null;
      const payload = data ? payloadOf<PayloadOf<Data> & { userErrors: UserError[] }>(data as Record<string, unknown>) : null;
      if (!payload) {
        if (error) notifyProblem(error);
        return { ok: false, errors: [], payload: null };
      }
      if (payload.userErrors.length === 0) return { ok: true, payload };
      if (!atFields) notifyRefusals(payload.userErrors);
      return { ok: false, errors: payload.userErrors, payload };
    },
    [client, document, atFields],
  );
  return { run, busy };
}
