import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { needsStepUp, signIn, useSession } from '../session/session';

export interface DialogState {
  opened: boolean;
  open: () => void;
  close: () => void;
}

/**
 * A dialog with an address (?dialog=name), so that Back closes it and a sign-in in between comes back to it. A dangerous one is
 * preceded by another sign-in when the last is too old.
 */
export function useDialog(name: string, options: { dangerous?: boolean } = {}): DialogState {
  const session = useSession();
  const [parameters, setParameters] = useSearchParams();
  const dangerous = options.dangerous ?? false;
  const open = useCallback(() => {
    const next = new URLSearchParams(window.location.search);
    next.set('dialog', name);
    if (dangerous && needsStepUp(session, Date.now())) signIn({ stepUp: true, to: `${window.location.pathname}?${next}` });
    else setParameters(next);
  }, [dangerous, name, session, setParameters]);
  const close = useCallback(() => {
    setParameters(
      (present) => {
        const next = new URLSearchParams(present);
        next.delete('dialog');
        return next;
      },
      { replace: true },
    );
  }, [setParameters]);
  return { opened: parameters.get('dialog') === name, open, close };
}
