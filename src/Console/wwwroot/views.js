// Views that somebody saved: a name and the address of a page with its filters, in this browser.
customElements.define('saved-views', class extends HTMLElement {
  connectedCallback() {
    this.attachShadow({ mode: 'open' });
    this.shadowRoot.innerHTML = `
      <style>
        :host { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.375rem; font-size: 0.8125rem; }
        button, a { padding: 0.25rem 0.625rem; border: 1px solid var(--line); border-radius: 7px; background: none; color: var(--ink); font: inherit; text-decoration: none; cursor: pointer; }
        a[aria-current] { border-color: var(--accent); color: var(--accent); }
        .view { display: inline-flex; }
        .view a { border-radius: 7px 0 0 7px; border-right: 0; }
        .view button { border-radius: 0 7px 7px 0; color: var(--quiet); }
        form { display: inline-flex; gap: 0.25rem; }
        input { width: 9rem; padding: 0.25rem 0.5rem; border: 1px solid var(--line); border-radius: 7px; background: var(--card); color: var(--ink); font: inherit; }
        [hidden] { display: none; }
      </style>
      <span class="all" part="views"></span>
      <button class="add" type="button">Save this view</button>
      <form hidden><input aria-label="Name of the view" maxlength="40" required><button>Save</button></form>`;
    this.shadowRoot.querySelector('.add').onclick = () => this.ask(true);
    this.shadowRoot.querySelector('form').onsubmit = event => {
      event.preventDefault();
      const name = this.shadowRoot.querySelector('input').value.trim();
      if (name) this.write([...this.views.filter(v => v.name !== name), { name, query: location.search }]);
      this.ask(false);
    };
    this.show();
    this.timer = setInterval(() => { if (this.shown !== location.search) this.show(); }, 500);   // Blazor changes the address without an event.
  }

  disconnectedCallback() { clearInterval(this.timer); }

  get key() { return `views:${this.getAttribute('page')}`; }

  get views() {
    try { return JSON.parse(localStorage.getItem(this.key)) ?? []; } catch { return []; }
  }

  write(views) {
    localStorage.setItem(this.key, JSON.stringify(views.slice(-20)));
    this.show();
  }

  ask(open) {
    this.shadowRoot.querySelector('.add').hidden = open;
    this.shadowRoot.querySelector('form').hidden = !open;
    const input = this.shadowRoot.querySelector('input');
    if (open) { input.value = ''; input.focus(); }
  }

  show() {
    this.shown = location.search;
    const all = this.shadowRoot.querySelector('.all');
    all.replaceChildren(...this.views.map(view => {
      const [item, link, drop] = [document.createElement('span'), document.createElement('a'), document.createElement('button')];
      item.className = 'view';
      link.textContent = view.name;
      link.href = this.getAttribute('page') + view.query;
      if (view.query === location.search) link.setAttribute('aria-current', 'true');
      drop.textContent = '×';
      drop.type = 'button';
      drop.setAttribute('aria-label', `Forget the view ${view.name}`);
      drop.onclick = () => this.write(this.views.filter(v => v.name !== view.name));
      item.append(link, drop);
      return item;
    }));
    all.style.cssText = 'display: inline-flex; flex-wrap: wrap; gap: 0.375rem';
  }
});
