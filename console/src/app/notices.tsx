import { Anchor, Text as Words } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { CombinedError } from 'urql';
import { type UserError, describe } from '../graph/problems';
import { translate } from '../texts/translate';

/** Tells that something was done. The region of the notices is live, so that a screen reader says it. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 6000, closeButtonProps: { 'aria-label': translate('Close') } });
}

function notifyFault(title: string, message: React.ReactNode): void {
  notifications.show({ title, message, color: 'red', autoClose: false, closeButtonProps: { 'aria-label': translate('Close') } });
}

/** Tells of an error of a whole request. */
export function notifyProblem(error: CombinedError): void {
  const { text, detail } = describe(error);
  notifyFault(translate(text), detail && <Words size="sm" lang="en">{detail}</Words>);
}

/** Tells of the refusals of a mutation. Their texts are the server's, in English. */
export function notifyRefusals(errors: readonly UserError[]): void {
  const messages = [...new Set(errors.map((error) => error.message))];
  notifyFault(translate('That was not done.'), messages.map((message) => <Words key={message} size="sm" lang="en">{message}</Words>));
}

/** Tells that the sign-in is too old for what was asked, and where to sign in again without losing what is on the screen. */
export function notifyOldSignIn(): void {
  notifyFault(
    translate('Sign in again to go on.'),
    <Anchor href="/console/sign-in?step_up=1&return=/console/" target="_blank" rel="noopener" size="sm" underline="always">
      {translate('Sign in in another tab, and do it again here')}
    </Anchor>,
  );
}
