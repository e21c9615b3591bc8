// Lets htmx put in markup under Trusted Types, and takes from it every way to run a string as a script.
// Loaded right after htmx, before any swap.
(() => {
  class Deny {
    constructor() {
      throw new EvalError("eval is off");
    }
  }
  const deny = () => {
    throw new TypeError("scripts are off");
  };
  const rules = { createHTML: (/** @type {string} */ markup) => markup, createScript: deny };
  const policy = window.trustedTypes ? window.trustedTypes.createPolicy("htmx", rules) : rules;
  window.htmx.registerExtension("tt", {
    init(/** @type {HtmxInternals} */ internals) {
      internals.initSecurity(policy, Deny, Deny);
    },
  });
})();
