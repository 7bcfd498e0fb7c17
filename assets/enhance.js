// Adds to pages that work without it: takes a link's secret out of the address, stops a form from
// being sent twice, copies a reference, leads to an error summary. Sends nothing anywhere.
'use strict';

// The secret after # in a message's link goes into the form and out of the address and history;
// also when the link is opened in a tab that shows the page already, which loads nothing anew.
function secretTake() {
  const field = document.querySelector('input[data-fragment]');
  const secret = location.hash.slice(1);
  if (!field || !/^[\w-]{16,64}$/.test(secret)) return;
  field.value = secret;
  history.replaceState(history.state, '', location.pathname + location.search);
  for (const part of document.querySelectorAll('[data-with-fragment]')) part.hidden = false;
  for (const part of document.querySelectorAll('[data-without-fragment]')) part.hidden = true;
  for (const code of field.form.querySelectorAll('[data-code]')) code.required = false;
}
secretTake();
window.addEventListener('hashchange', secretTake);

const sent = new WeakSet();
document.addEventListener('submit', (event) => {
  if (sent.has(event.target)) {
    event.preventDefault();
    return;
  }
  sent.add(event.target);
  event.target.setAttribute('aria-busy', 'true');
});
// Back from the next page: the form may be sent again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    sent.delete(form);
    form.removeAttribute('aria-busy');
  }
});

for (const button of document.querySelectorAll('button[data-copy]')) {
  const from = document.getElementById(button.dataset.copy);
  if (!from || !navigator.clipboard) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(from.textContent.trim());
    } catch {
      return;
    }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 3000);
  });
}

for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

document.getElementById('errors')?.focus();
