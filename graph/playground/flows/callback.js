// The page that a browser comes back to with the answer of the authorization endpoint: it hands the answer to the tab that waits for it.
import { byID } from '../elements.js';
import { opened, parseAnswer } from './answer.js';
import { handOver } from './answer_channel.js';

const posted = JSON.parse(document.body.dataset.posted); // by the response mode form_post
const parameters = posted ?? parseAnswer(location.href);

if (Object.keys(parameters).length === 0) {
  byID('message').textContent = 'There is no answer in this address.';
} else if (await handOver(parameters, opened(parameters).state)) {
  history.replaceState(null, '', location.pathname);
  byID('message').textContent = 'The answer has arrived in the debugger. You can close this tab.';
} else {
  byID('message').textContent =
    'No tab of this browser waits for this answer. Copy the line below into the debugger that has made the request.';
  byID('answer').textContent = posted === null ? location.href : String(new URLSearchParams(posted));
  byID('answer').hidden = false;
}
