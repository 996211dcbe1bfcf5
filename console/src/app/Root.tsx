import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useMemo, useState } from 'react';
import { RouterProvider } from 'react-router';
import { Provider } from 'urql';
import { createClient } from '../graph/client';
import { LanguageContext, type Language, chooseLanguage, rememberLanguage } from '../texts/translate';
import { createRouter } from './router';
import { SessionGate } from './SessionGate';
import { styleNonce, theme, variables } from './theme';

/** The whole console: what every screen has around it. */
export function Root({ language: initial }: { language: Language }) {
  const [language, setLanguage] = useState(initial);
  const client = useMemo(createClient, []);
  const router = useMemo(createRouter, []);
  const value = useMemo(
    () => ({
      language,
      choose: (next: Language) => {
        rememberLanguage(next);
        void chooseLanguage(next).then(() => setLanguage(next));
      },
    }),
    [language],
  );
  return (
    <LanguageContext.Provider value={value}>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={styleNonce}>
        <Notifications position="bottom-right" />
        <Provider value={client}>
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </Provider>
      </MantineProvider>
    </LanguageContext.Provider>
  );
}
