import type { Text } from './texts';
import { useText } from './translate';

/** A text of the console, or a term that is the same in every language: the name of a field of the API. */
export type Label = Text | { term: string };

/** The words of a label in the present language. */
export function useLabel(): (label: Label) => string {
  const t = useText();
  return (label) => (typeof label === 'string' ? t(label) : label.term);
}
