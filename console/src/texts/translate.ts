import { createContext, useContext } from 'react';
import type { Text } from './texts';

export const languages = { en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', ja: '日本語', nb: 'Norsk bokmål' } as const;
export type Language = keyof typeof languages;

/** Every language but English, whose texts are the keys. One that lacks a text does not compile. */
export type Catalogue = Record<Text, string>;

const catalogues: Record<Exclude<Language, 'en'>, () => Promise<{ default: Catalogue }>> = {
  de: () => import('./de.json'),
  es: () => import('./es.json'),
  fr: () => import('./fr.json'),
  ja: () => import('./ja.json'),
  nb: () => import('./nb.json'),
};

let present: { language: Language; catalogue: Catalogue | null } = { language: 'en', catalogue: null };

/** Makes a language that of the texts and of the document. */
export async function chooseLanguage(language: Language): Promise<void> {
  present = { language, catalogue: language === 'en' ? null : (await catalogues[language]()).default };
  document.documentElement.lang = language;
}

/** The text in the present language; each %s is the next argument. */
export function translate(text: Text, ...values: (string | number)[]): string {
  const words: string = present.catalogue?.[text] ?? text;
  let next = 0;
  return words.replace(/%s/g, () => String(values[next++] ?? ''));
}

export type Translate = typeof translate;

export const LanguageContext = createContext<{ language: Language; choose: (language: Language) => void }>({
  language: 'en',
  choose: () => undefined,
});

/** translate, for components: they render again when the language changes. */
export function useText(): Translate {
  useContext(LanguageContext);
  return translate;
}

const key = 'authly-console-language';

const isLanguage = (value: string): value is Language => value in languages;

/** The language that was chosen in this browser, else the first of the browser's that there is. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(key) ?? '', ...navigator.languages.map((tag) => tag.split('-')[0] ?? '')];
  return wanted.map((tag) => (tag === 'no' ? 'nb' : tag)).find(isLanguage) ?? 'en';
}

/** Remembers the choice in this browser. */
export function rememberLanguage(language: Language): void {
  localStorage.setItem(key, language);
}
