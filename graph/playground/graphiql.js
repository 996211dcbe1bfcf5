// Shows GraphiQL, which asks the admin API as the administrator who is signed in. Its tabs are in sessionStorage.
import { ask, problem, request, signedIn, start } from './session.js';

// results are those of a subscription: the data of its server-sent events, until the signal aborts it.
async function* results(parameters, signal) {
  try {
    const response = await request(parameters, 'text/event-stream', signal);
    if (response === null || !response.headers.get('Content-Type').startsWith('text/event-stream')) {
      yield response === null ? problem('Sign in first.') : await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (text + part.value).split('\n\n');
      text = events.pop();
      for (const event of events) {
        const data = event.split('\n').find((line) => line.startsWith('data: '));
        if (data !== undefined) yield JSON.parse(data.slice('data: '.length));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

// subscribe returns results that GraphiQL ends when somebody stops them.
function subscribe(parameters) {
  const stop = new AbortController();
  const all = results(parameters, stop.signal);
  return {
    [Symbol.asyncIterator]() { return this; },
    next: () => all.next(),
    return: () => { stop.abort(); return all.return(); },
  };
}

function execute(parameters, { documentAST } = {}) {
  const chosen = documentAST?.definitions.find((part) =>
    part.kind === 'OperationDefinition' && (!parameters.operationName || part.name?.value === parameters.operationName));
  return chosen?.operation === 'subscription' ? subscribe(parameters) : ask(parameters);
}

start('Your sign-in has ended. Sign in again; your tabs are kept.', () => {
  const { createElement } = React;
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    createElement(GraphiQL, {
      fetcher: execute,
      storage: sessionStorage,
      schema: signedIn() ? undefined : null, // null: do not ask for it
      defaultTabs: JSON.parse(document.body.dataset.examples).map((query) => ({ query })),
      defaultEditorToolsVisibility: false,
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
    }),
  );
});
