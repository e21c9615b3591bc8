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
  // A hotel answers every question with a page about its network. Ours alone carry our policy; any other is no answer.
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    const { ok, headers } = ctx.response.raw;
    if (!ok || headers.get("Content-Security-Policy")?.includes("trusted-types htmx mixwell")) return;
    event.preventDefault();
    event.target?.dispatchEvent(new CustomEvent("htmx:error", { bubbles: true, detail: { ctx, error: "not our answer" } }));
  });
})();
