import { useText } from '../texts/translate';

/** A truth value as a word: it needs no colour. */
export function YesNo({ value }: { value: boolean }) {
  const t = useText();
  return value ? t('Yes') : t('No');
}
