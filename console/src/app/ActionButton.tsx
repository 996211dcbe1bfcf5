import { Button, Text as Words } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Action, useAction } from '../graph/useAction';
import type { UserError } from '../graph/problems';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';
import { Confirm } from './Confirm';
import { notifyDone } from './notices';
import { useDialog } from './useDialog';

type Payloads<Payload> = Partial<Record<string, Payload | null>>;

export interface ActionButtonProps<Payload, Input> {
  /** The name of the dialog in the address. */
  name: string;
  title: Text;
  /** What happens. */
  warning: ReactNode;
  document: Action<Payloads<Payload>, Input>;
  input: Input;
  /** What is said when it is done. */
  done: (payload: Payload) => string;
  dangerous?: boolean;
  typed?: string;
  onDone?: (payload: Payload) => void;
}

/** A button that asks, does one thing and says that it was done. */
export function ActionButton<Payload extends { userErrors: UserError[] }, Input>(props: ActionButtonProps<Payload, Input>) {
  const { name, title, warning, document, input, done, dangerous, typed, onDone } = props;
  const t = useText();
  const dialog = useDialog(name, { dangerous });
  const { run, busy } = useAction(document);

  async function confirm() {
    const outcome = await run(input);
    if (!outcome.ok) return;
    dialog.close();
    notifyDone(done(outcome.payload));
    onDone?.(outcome.payload);
  }

  return (
    <>
      <Button size="xs" variant={dangerous ? 'outline' : 'default'} color={dangerous ? 'red' : undefined} onClick={dialog.open}>{t(title)}</Button>
      <Confirm dialog={dialog} title={title} typed={typed} busy={busy} onConfirm={() => void confirm()}>
        <Words size="sm">{warning}</Words>
      </Confirm>
    </>
  );
}
