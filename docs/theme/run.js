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

  // Loads the panel, once. After a failure the next call tries again.
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('machine.css', here.src);
  let loaded;
  const load = () => {
    if (loaded) return loaded;
    document.head.append(style);
    loaded = Promise.all(['transcripts', document.documentElement.lang + '/panel-words', 'transcript',
      'trace', 'guest', 'player', 'screens', 'panel'].map(name => machine.load(name + '.js')))
      .catch(error => { loaded = null; throw error; });
    return loaded;
  };
  for (const button of document.querySelectorAll('button[data-run]')) {
    button.hidden = false;
    const removeMessage = () => button.parentNode.querySelector('[role=alert]')?.remove();
    button.addEventListener('click', () => {
      removeMessage();
      load().then(() => machine.open(button)).catch(() => {
        removeMessage(); // of another click
        const message = document.createElement('p');
        message.setAttribute('role', 'alert');
        message.textContent = here.dataset.failed;
        button.after(message);
      });
    });
  }
})();
