// What all requests of a chosen client have in common.
import { element } from '../elements.js';
import { ask } from '../session.js';
import { call, succeeded } from './call.js';
import { refill } from './form.js';
import { findRefusal } from './refusal.js';

// Flow is a client at work: its credential, its key if tokens are to be bound to one, and the tokens that it has got last.
export class Flow {
  constructor(server, client, credential, steps) {
    Object.assign(this, { server, client, credential, steps });
    this.proofKey = null;
    this.tokens = {}; // access_token, refresh_token and id_token of the last answer that had them
  }

  // send sends a request as call has it, shows it as a step, and explains a refusal. options are those of Steps.add.
  async send(request, options) {
    let shown;
    const answer = await call(request, (one) => { shown = this.steps.addAnswer(one, this, options); });
    if (!succeeded(answer)) shown.append(await findRefusal({ requestId: answer.headers['X-Request-ID'] }));
    return { answer, step: shown };
  }

  // authenticated sends parameters to an endpoint as the client.
  authenticated(title, url, fields, options, headers) {
    return this.send({ title, url, fields, headers, credential: this.credential }, options);
  }

  // token asks the token endpoint, and remembers the tokens that come.
  async token(title, fields, options) {
    const request = { title, url: this.server.token_endpoint, fields, credential: this.credential, proofKey: this.proofKey };
    const { answer, step } = await this.send(request, options);
    if (succeeded(answer)) {
      this.take(answer.json);
      step.append(element('p', {}, 'The tokens are filled in wherever one is asked for.'));
    }
    return { answer, step };
  }

  // take remembers the tokens of an answer, and says whether there were any.
  take({ access_token, refresh_token, id_token, token_type }) {
    const came = present({ access_token, refresh_token, id_token });
    if (Object.keys(came).length === 0) return false;
    refill(this.tokens, came);
    this.tokens = { ...this.tokens, ...came, bound: token_type === 'DPoP' };
    return true;
  }

  // present is a request that an API gets: with the access token, and the proof of the key that it is bound to.
  present(title, url, token, headers) {
    return this.send({ title, method: 'GET', url, headers, token, proofKey: this.tokens.bound ? this.proofKey : null });
  }

  // newestRefusal returns the id of the latest refusal of the client at the authorization endpoint, or ''.
  async newestRefusal() {
    const { data } = await ask({
      query: 'query($filter: RefusalFilter) { refusals(first: 1, filter: $filter) { nodes { id } } }',
      variables: { filter: { client: this.client.id, endpoint: 'AUTHORIZE' } },
    });
    return data?.refusals?.nodes[0]?.id ?? '';
  }
}

const present = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
