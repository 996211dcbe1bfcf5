import { Text as Words } from '@mantine/core';
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
