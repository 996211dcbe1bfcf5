import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';

// Debian 12 has Node 18, where the Web Crypto that the libraries use is not global yet.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

// A person at a browser without scripts: keeps cookies, follows redirects within Authly, fills in the forms of the pages.
export class Person {
  constructor(issuer, username, password, code) {
    this.home = new URL(issuer).host;
    this.username = username;
    this.password = password;
    this.code = code; // of the authenticator app, if there is one
    this.jar = new Map();
  }

  async go(address, form) {
    let url = new URL(address);
    for (let hop = 0; hop < 20; hop++) {
      const response = await this.send(url, form);
      form = undefined;
      for (const line of response.headers['set-cookie'] || []) {
        const [pair] = line.split(';');
        const at = pair.indexOf('=');
        const name = pair.slice(0, at), value = pair.slice(at + 1);
        if (value) this.jar.set(name, value);
        else this.jar.delete(name);
      }
      const { location } = response.headers;
      if (!location) return { url, status: response.statusCode, html: response.html };
      url = new URL(location, url);
      if (url.host !== this.home) return { url, status: response.statusCode, html: '' };
    }
    throw new Error('too many redirects');
  }

  // Not fetch: that of Node 18 joins the Set-Cookie headers into one.
  async send(url, form) {
    const headers = { cookie: [...this.jar].map(([k, v]) => `${k}=${v}`).join('; '), 'sec-fetch-site': form ? 'same-origin' : 'none' };
    if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
    const asked = request(url, { method: form ? 'POST' : 'GET', headers });
    asked.end(form?.toString());
    const [response] = await once(asked, 'response');
    response.html = (await response.setEncoding('utf8').toArray()).join('');
    return response;
  }

  async press(page, button, fill) {
    const form = [...page.html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map((m) => m[0]).find((f) => f.includes(`id="${button}"`));
    if (!form) throw new Error(`no button ${button} at ${page.url}: ${page.html}`);
    const unescape = (s) => s.replaceAll('&#43;', '+').replaceAll('&#34;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
    const attribute = (tag, name) => unescape((tag.match(new RegExp(`\\s${name}="([^"]*)"`)) || [])[1] || '');
    const values = new URLSearchParams();
    for (const [tag] of form.matchAll(/<input[^>]*>/g)) values.set(attribute(tag, 'name'), attribute(tag, 'value'));
    for (const [name, value] of Object.entries(fill)) values.set(name, value);
    const [pressed] = form.match(new RegExp(`<button[^>]*id="${button}"[^>]*>`));
    if (attribute(pressed, 'name')) values.set(attribute(pressed, 'name'), attribute(pressed, 'value'));
    return this.go(new URL(attribute(form.match(/<form[^>]*>/)[0], 'action'), page.url), values);
  }

  // authorize takes the person through sign-in and consent and gives the address that the browser was sent back to.
  async authorize(address) {
    let page = await this.go(address);
    if (page.html.includes('id="login-submit"')) page = await this.press(page, 'login-submit', { username: this.username, password: this.password });
    if (page.html.includes('id="code-submit"')) page = await this.press(page, 'code-submit', { code: this.code });
    if (page.html.includes('id="approve"')) page = await this.press(page, 'approve', {});
    if (page.html) throw new Error(`not back at the application: ${page.url} ${page.html}`);
    return page.url;
  }

  // signIn presses the button of a page, and takes the person through the sign-in that is due.
  async signIn(page, button) {
    page = await this.press(page, button, {});
    if (page.html.includes('id="login-submit"')) page = await this.press(page, 'login-submit', { username: this.username, password: this.password });
    return page;
  }

  // connect allows what a device asks for that shows the code of the address.
  async connect(address) {
    const page = await this.press(await this.signIn(await this.go(address), 'device-submit'), 'approve', {});
    if (!page.html.includes('id="device-allowed"')) throw new Error(`not connected: ${page.url} ${page.html}`);
  }

  // decide allows what waits for the person on the page of the account.
  async decide(issuer) {
    let page = await this.go(new URL('/account/requests', issuer));
    if (page.html.includes('id="login-submit"')) page = await this.press(page, 'login-submit', { username: this.username, password: this.password });
    page = await this.press(await this.signIn(page, page.html.match(/id="(request-[0-9a-f-]+-open)"/)[1]), 'approve', {});
    if (!page.html.includes('id="request-done"')) throw new Error(`not decided: ${page.url} ${page.html}`);
  }
}

export function check(condition, what) {
  if (!condition) throw new Error(`not true: ${what}`);
  console.log(`ok ${what}`);
}

export const env = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};
