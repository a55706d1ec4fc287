/* global document, history, location, window */
import { aadFetch } from '/aad-client.js';

const element = (id) => document.getElementById(id);

/**
 * Shows one of the lists. When a person has to act first (sign in, MFA, consent, step-up), aadFetch leaves this page for
 * the sign-in. It comes back to the address of now, so what is shown must be in the address.
 */
async function show(name) {
  element('title').textContent = name[0].toUpperCase() + name.slice(1);
  element('list').replaceChildren();
  element('status').textContent = 'Loading …';
  const response = await aadFetch(`/api/${name}`);
  const body = await response.json();
  if (response.ok) {
    element('status').textContent = '';
    element('list').append(
      ...body.value.map(({ text, amount }) => {
        const item = document.createElement('li');
        item.textContent = amount === undefined ? text : `${text}: ${amount.toFixed(2)}`;
        return item;
      }),
    );
  } else if (body.interaction) {
    element('status').textContent = `${body.title} …`;
  } else {
    // The problem document's own words, in the language of the browser.
    element('status').textContent = `${body.title}. ${body.detail}`;
  }
}

async function showUser() {
  const { name } = await (await fetch('/user')).json();
  element('user').textContent = name ?? '';
  element('sign-out').hidden = name === null;
}

function showAddress() {
  const name = new URLSearchParams(location.search).get('show');
  if (['expenses', 'receipts', 'payouts'].includes(name)) void show(name);
}

document.addEventListener('click', ({ target }) => {
  const name = target.dataset?.show;
  if (name === undefined) return;
  history.pushState(null, '', `/?show=${name}`);
  void show(name);
});
window.addEventListener('popstate', showAddress);
// The browser may bring this page back out of its memory, after a sign-out too.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
void showUser();
showAddress();
