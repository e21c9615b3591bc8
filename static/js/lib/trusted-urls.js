// Workers may start only from our own static files and the one service worker.

/** @type {{ createScriptURL(url: string): string } | undefined} */
let policy;

/**
 * A script address a worker may be started from; throws TypeError for any other origin or folder.
 * Needs `mixwell` in the page's `trusted-types` directive.
 * @param {string | URL} address
 * @returns {string}
 */
export function trustedScriptUrl(address) {
  policy ??= makePolicy();
  return policy.createScriptURL(String(address));
}

function makePolicy() {
  const rules = { createScriptURL: ourOwn };
  return window.trustedTypes ? window.trustedTypes.createPolicy("mixwell", rules) : rules;
}

/** @param {string} address */
function ourOwn(address) {
  const url = new URL(address, document.baseURI);
  const known = url.pathname.startsWith("/static/") || url.pathname === "/service-worker.js";
  if (url.origin !== location.origin || !known) throw new TypeError("not one of our scripts");
  return url.href;
}
