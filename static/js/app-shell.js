// What makes pages an app: the one service worker, after everything that matters now has loaded; the offer to install;
// the number on the icon.
import { showUnsent } from "./lib/app-badge.js";
import { askToKeepStorage, isApp, keepOffers } from "./lib/install-offer.js";
import { trustedScriptUrl } from "./lib/trusted-urls.js";

async function register() {
  const registration = await navigator.serviceWorker.register(trustedScriptUrl("/service-worker.js"));
  // A new one may come in at once, but not under a running camera.
  if (!document.querySelector("badge-scanner")) registration.waiting?.postMessage("take over");
}

if (navigator.serviceWorker) {
  // Refused in some private windows and without https; then there is simply no page for times without a network.
  addEventListener("load", () => register().catch(() => {}), { once: true });
}

keepOffers();
if (isApp()) askToKeepStorage();
// Whoever keeps things to be sent says how many there are.
document.addEventListener("mixwell:unsent", (event) => showUnsent(event.detail.count));
