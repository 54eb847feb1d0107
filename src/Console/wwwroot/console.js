// What the browser does better than a server: its own time zone, its clipboard, its colour scheme.
(() => {
  const root = document.documentElement;
  const preferences = { theme: ['light', 'dark'], density: ['compact'], zone: ['utc'] };
  const keep = (name, value) => {
    if (preferences[name].includes(value)) {
      root.dataset[name] = value;
      localStorage.setItem(name, value);
    } else {
      delete root.dataset[name];
      localStorage.removeItem(name);
    }
    if (name === 'zone') document.querySelectorAll('local-time').forEach(time => time.show());
  };
  for (const name in preferences) {
    const stored = localStorage.getItem(name);
    if (preferences[name].includes(stored)) root.dataset[name] = stored;
  }

  document.addEventListener('click', event => {
    if (event.target.closest('[data-theme-toggle]')) {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      keep('theme', dark ? 'light' : 'dark');
    }
    if (event.target.closest('[data-to-top]')) scrollTo({ top: 0 });
    const copy = event.target.closest('[data-copy]');
    if (copy) {
      navigator.clipboard?.writeText(copy.dataset.copy).then(() => {
        copy.classList.add('done');
        setTimeout(() => copy.classList.remove('done'), 1200);
      });
    }
  });

  // A page that opens takes the focus to its heading; where the navigation is a row, its entry comes into sight.
  document.addEventListener('focusin', event => {
    if (event.target.matches('h1')) document.querySelector('.side nav a.active')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  });

  const formats = timeZone => ({
    clock: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone }),
    precise: new Intl.DateTimeFormat(
      undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23', timeZone }),
    day: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone }),
    date: new Intl.DateTimeFormat('en-CA', { timeZone }),
  });
  const [local, utc] = [formats(undefined), formats('UTC')];
  customElements.define('local-time', class extends HTMLElement {
    static observedAttributes = ['datetime'];

    constructor() {
      super();
      this.attachShadow({ mode: 'open' });
    }

    attributeChangedCallback() {
      this.show();
    }

    // In a shadow root, so that Blazor and the browser never write into the same place.
    show() {
      const at = new Date(this.getAttribute('datetime'));
      const { clock, precise, day, date } = root.dataset.zone === 'utc' ? utc : local;
      const today = date.format(at) === date.format(new Date());
      const time = (this.hasAttribute('data-precise') ? precise : clock).format(at);
      this.shadowRoot.textContent = today ? time : `${day.format(at)} ${time}`;
    }
  });

  // A choice that this browser remembers: shows what is chosen, and applies it.
  customElements.define('browser-preference', class extends HTMLElement {
    connectedCallback() {
      this.addEventListener('change', event => keep(this.getAttribute('name'), event.target.value));
      queueMicrotask(() => {
        const chosen = root.dataset[this.getAttribute('name')] ?? '';
        this.querySelectorAll('input').forEach(input => { input.checked = input.value === chosen; });
      });
    }
  });

  // Blazor's own dialogue is replaced by a quiet line; when the console was started anew, the page is loaded anew.
  document.addEventListener('DOMContentLoaded', () => {
    const lost = document.getElementById('components-reconnect-modal');
    lost.addEventListener('components-reconnect-state-changed', async ({ detail: { state } }) => {
      lost.hidden = state === 'hide';
      if (state === 'rejected') location.reload();
      if (state === 'failed') setInterval(() => fetch('alive').then(answer => answer.ok && location.reload(), () => {}), 1000);
    });
  });
})();
