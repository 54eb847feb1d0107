// The command palette and the shortcuts. Links are Blazor's: a click on one changes the page without loading it anew.
(() => {
  const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
  let afterG = 0;

  const palette = () => document.getElementById('palette');
  const options = () => [...palette().querySelectorAll('li:not([hidden])')];
  const typing = target => target.closest?.('input, textarea, select, [contenteditable=true]');

  const mark = option => {
    palette().querySelectorAll('li').forEach(li => li.setAttribute('aria-selected', li === option));
    palette().querySelector('input').setAttribute('aria-activedescendant', option?.id ?? '');
    option?.scrollIntoView({ block: 'nearest' });
  };

  const filter = () => {
    const text = palette().querySelector('input').value.trim();
    const words = text.toLowerCase();
    for (const option of palette().querySelectorAll('li')) {
      const link = option.querySelector('a');
      if (option.dataset.forId !== undefined) {
        option.hidden = !guid.test(text);
        if (!option.hidden) {
          link.setAttribute('href', option.dataset.forId + words);
          link.querySelector('span').textContent = words.slice(0, 8) + '…';
        }
      } else {
        option.hidden = !option.dataset.words.includes(words);
      }
    }
    mark(options()[0]);
  };

  const open = () => {
    if (!palette() || document.querySelector('dialog[open]')) return;
    palette().querySelector('input').value = '';
    palette().showModal();
    filter();
  };

  const follow = option => {
    palette().close();
    option?.querySelector('a').click();
  };

  document.addEventListener('input', event => { if (event.target.closest('#palette')) filter(); });
  document.addEventListener('click', event => {
    const option = event.target.closest('#palette li');
    if (option) palette().close();
    if (event.target.closest('[data-open-palette]')) open();
    if (event.target.matches?.('dialog.palette')) event.target.close();   // Beside it.
  });

  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      open();
      return;
    }
    if (event.target.closest?.('#palette')) {
      const all = options();
      const at = all.findIndex(li => li.getAttribute('aria-selected') === 'true');
      if (event.key === 'ArrowDown') { event.preventDefault(); mark(all[(at + 1) % all.length]); }
      if (event.key === 'ArrowUp') { event.preventDefault(); mark(all[(at - 1 + all.length) % all.length]); }
      if (event.key === 'Enter') { event.preventDefault(); follow(all[at]); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
    if (Date.now() - afterG < 1500) {
      afterG = 0;
      const wanted = [...(palette()?.querySelectorAll('kbd') ?? [])].find(kbd => kbd.textContent === 'g ' + event.key);
      if (wanted) { event.preventDefault(); wanted.closest('a').click(); }
      return;
    }
    if (event.key === 'g') afterG = Date.now();
    if (event.key === '/') { event.preventDefault(); open(); }
    if (event.key === '?') { event.preventDefault(); document.getElementById('shortcuts')?.showModal(); }
    if (event.key === 't') document.querySelector('[data-theme-toggle]')?.click();
  });
})();
