import { Alert, Button, Center, Skeleton, Stack } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { type Session, SessionContext, fetchSession, signIn } from '../session/session';
import { useText } from '../texts/translate';

type State = { at: 'loading' } | { at: 'signed-in'; session: Session } | { at: 'signed-out' } | { at: 'unreachable' };

/** Renders the console for who is signed in, and leads everybody else to the sign-in page. */
export function SessionGate({ children }: { children: ReactNode }) {
  const [state, setState] = useState<State>({ at: 'loading' });

  useEffect(() => {
    const read = (signal?: AbortSignal) =>
      fetchSession(signal).then(
        (session) => setState(session ? { at: 'signed-in', session } : { at: 'signed-out' }),
        () => {
          if (!signal?.aborted) setState((present) => (present.at === 'signed-in' ? present : { at: 'unreachable' }));
        },
      );
    const controller = new AbortController();
    void read(controller.signal);
    // Rights may have been withdrawn, or the session ended, while the person was elsewhere.
    const onVisible = () => document.visibilityState === 'visible' && void read();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      controller.abort();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, []);

  switch (state.at) {
    case 'loading':
      return <Skeleton height="100vh" />;
    case 'signed-in':
      return <SessionContext.Provider value={state.session}>{children}</SessionContext.Provider>;
    case 'signed-out':
      return <SignedOut />;
    case 'unreachable':
      return <Unreachable />;
  }
}

function SignedOut() {
  const t = useText();
  const refusal = new URLSearchParams(window.location.search).get('error');
  useEffect(() => {
    // After a refusal the sign-in page would only refuse again: the person decides.
    if (!refusal) signIn();
  }, [refusal]);
  if (!refusal) return null;
  return (
    <Center component="main" mih="100vh" p="md">
      <Alert color="red" title={t('You are not signed in.')} role="alert">
        <Stack align="start">
          <code>{refusal}</code>
          <Button onClick={() => signIn({ to: '/console/' })}>{t('Sign in')}</Button>
        </Stack>
      </Alert>
    </Center>
  );
}

function Unreachable() {
  const t = useText();
  return (
    <Center component="main" mih="100vh" p="md">
      <Alert color="red" title={t('The server cannot be reached.')} role="alert">
        <Button onClick={() => window.location.reload()}>{t('Try again')}</Button>
      </Alert>
    </Center>
  );
}
