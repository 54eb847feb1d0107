// What the browser does better than a server: its own time zone, its clipboard, its colour scheme.
(() => {
  const root = document.documentElement;
  const stored = localStorage.getItem('theme');
  if (stored === 'light' || stored === 'dark') root.dataset.theme = stored;

  document.addEventListener('click', event => {
    if (event.target.closest('[data-theme-toggle]')) {
      const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      root.dataset.theme = dark ? 'light' : 'dark';
      localStorage.setItem('theme', root.dataset.theme);
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

  const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const precise = new Intl.DateTimeFormat(
    undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
  customElements.define('local-time', class extends HTMLElement {
    static observedAttributes = ['datetime'];

    constructor() {
      super();
      this.attachShadow({ mode: 'open' });
    }

    // In a shadow root, so that Blazor and the browser never write into the same place.
    attributeChangedCallback() {
      const at = new Date(this.getAttribute('datetime'));
      const today = at.toDateString() === new Date().toDateString();
      const time = (this.hasAttribute('data-precise') ? precise : clock).format(at);
      this.shadowRoot.textContent = today ? time : `${day.format(at)} ${time}`;
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
