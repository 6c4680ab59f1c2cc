// Shows the buttons that run a program in the page. The first click loads the panel and the
// Linux; until then the page loads only this script and run.css.
(() => {
  'use strict';
  const here = document.currentScript;
  const machine = window.ipcMachine = {};

  // Loads a script of the book; fails with its path, which is below the book's folder.
  machine.load = path => new Promise((done, fail) => {
    const script = document.createElement('script');
    script.src = new URL(path, here.src);
    script.async = false; // run them in this order
    script.onload = done;
    script.onerror = () => fail(new Error(path));
    document.head.append(script);
  });

  let loaded;
  const load = () => {
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = new URL('machine.css', here.src);
    document.head.append(style);
    return Promise.all(['transcripts', document.documentElement.lang + '/panel-words', 'transcript',
      'trace', 'guest', 'player', 'screens', 'panel'].map(name => machine.load(name + '.js')));
  };
  for (const button of document.querySelectorAll('button[data-run]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      loaded = loaded || load();
      loaded.then(() => machine.open(button)).catch(() => {
        loaded = null; // the next click tries again
        const message = document.createElement('p');
        message.setAttribute('role', 'alert');
        message.textContent = here.dataset.failed;
        if (button.parentNode.querySelector('[role=alert]')) return;
        button.after(message);
      });
    });
  }
})();
