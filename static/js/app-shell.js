// Puts the one service worker in place, after everything that matters now has loaded.
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
