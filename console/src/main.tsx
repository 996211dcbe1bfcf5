import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/app.css';
import { createRoot } from 'react-dom/client';
import { Root } from './app/Root';
import { chooseLanguage, preferredLanguage } from './texts/translate';

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no #root');
const language = preferredLanguage();
await chooseLanguage(language);
createRoot(element).render(<Root language={language} />);
