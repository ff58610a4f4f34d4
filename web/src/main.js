import { loadConfig } from './config.js';

const root = document.getElementById('root');

// GraphiQL is by far the largest part, so it is fetched while the server is asked for its settings.
Promise.all([loadConfig(), import('./playground.jsx')]).then(
  ([config, { renderPlayground }]) => renderPlayground(root, config),
  (error) => {
    const notice = document.createElement('p');
    notice.className = 'lazi-notice';
    notice.setAttribute('role', 'alert');
    notice.textContent = `The playground could not start: ${error.message}. Is the server still running?`;
    root.replaceChildren(notice);
  },
);
