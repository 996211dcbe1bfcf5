// Brings the answer of the authorization endpoint from the tab that came back to the tab that waits for it.

const channel = new BroadcastChannel('authly-flows');
const patience = 2000; // ms until nobody is taken to wait

// waitForAnswer calls take with the parameters of the answer that has a state, once.
export function waitForAnswer(state, take) {
  channel.addEventListener('message', function listen({ data }) {
    if (data.state !== state || data.parameters === undefined) return;
    channel.removeEventListener('message', listen);
    channel.postMessage({ taken: data.number });
    take(data.parameters);
  });
}

// handOver offers an answer to all tabs and reports whether one has taken it.
export function handOver(parameters, state) {
  const number = crypto.randomUUID();
  return new Promise((resolve) => {
    channel.addEventListener('message', ({ data }) => { if (data.taken === number) resolve(true); });
    setTimeout(() => resolve(false), patience);
    channel.postMessage({ number, state, parameters });
  });
}
