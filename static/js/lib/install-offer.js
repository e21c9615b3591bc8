// The browser's own offer to install, kept until somebody wants it, and the answer it got on this phone.

/** @type {BeforeInstallPromptEvent | undefined} */
let offer;
/** @type {Set<() => void>} */
const waiting = new Set();

// A cookie and not storage: signing out clears storage, and a no is this phone's for good.
const NAME = location.protocol === "https:" ? "__Host-mixwell-install" : "mixwell-install";
const LONGEST_S = 400 * 24 * 3600;

/** Keep the offer instead of a banner that would come over a camera; told to whoever waits for it. */
export function keepOffers() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    for (const tell of waiting) tell();
  });
  addEventListener("appinstalled", rememberAnswer);
  if (isApp() || isAnswered()) rememberAnswer(); // a cookie lasts 400 days from when it was last set
}

/**
 * Call this when there is something to offer, at once if there is already.
 * @param {() => void} tell
 * @returns {() => void} stop waiting
 */
export function whenOffered(tell) {
  waiting.add(tell);
  if (offer) tell();
  return () => waiting.delete(tell);
}

/** Ask with the browser's own question. The answer is remembered, whatever it is. */
export async function install() {
  const asked = offer;
  offer = undefined;
  rememberAnswer();
  await asked?.prompt();
}

/** Runs as an app already. */
export function isApp() {
  return matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
}

/** Safari on a phone or tablet: it installs by its share sheet and never offers. */
export function isByHand() {
  return "standalone" in navigator && navigator.maxTouchPoints > 0;
}

export function isAnswered() {
  return document.cookie.split("; ").some((cookie) => cookie.startsWith(`${NAME}=`));
}

export function rememberAnswer() {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${NAME}=answered; path=/; max-age=${LONGEST_S}; samesite=lax${secure}`;
}

/** Ask that the browser keeps what this phone holds. Never a reason to stop: a refusal changes nothing. */
export function askToKeepStorage() {
  navigator.storage?.persist?.().catch(() => {});
}
