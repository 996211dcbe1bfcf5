import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/app.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { Root } from './app/Root';
import { styleNonce } from './app/theme';
import { chooseLanguage, preferredLanguage } from './texts/translate';

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no #root');
// The styles with which dialogs hold the page behind them.
setNonce(styleNonce());
const language = preferredLanguage();
await chooseLanguage(language);
createRoot(element).render(<Root language={language} />);
