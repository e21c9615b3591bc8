// In the service worker: shows the one line that was pushed, and opens the page it names when it is tapped.
// The words come with the message, sealed for this browser. Nothing is asked of the server, and no page but ours opens.
// A classic script, for a worker imports no other; its names are the worker's too.

/** @typedef {{ title: string, body?: string, icon?: string, tag?: string, navigate?: string }} PushedLine */
/** @typedef {Event & { waitUntil(work: Promise<unknown>): void }} WorkerEvent */
/** @typedef {WorkerEvent & { data: { json(): { notification?: PushedLine } } | null }} PushArrived */
/** @typedef {WorkerEvent & { notification: Notification }} LineTapped */
/** @typedef {{ url: string, focus(): Promise<unknown> }} OpenPage */
/** @typedef {{ matchAll(which: object): Promise<OpenPage[]>, openWindow(url: string): Promise<unknown> }} OpenPages */

const notifying = /** @type {{ registration: ServiceWorkerRegistration, clients: OpenPages }} */ (
  /** @type {unknown} */ (self)
);

addEventListener("push", (event) => {
  const arrived = /** @type {PushArrived} */ (event);
  arrived.waitUntil(showLine(readLine(arrived)));
});

addEventListener("notificationclick", (event) => {
  const tapped = /** @type {LineTapped} */ (event);
  tapped.notification.close();
  tapped.waitUntil(openOurPage(tapped.notification.data));
});

/**
 * A browser takes the permission away when nothing is shown, so even what cannot be read shows our name.
 * @param {PushArrived} arrived
 * @returns {PushedLine}
 */
function readLine(arrived) {
  const nothing = { title: "Mixwell" };
  try {
    return arrived.data?.json().notification ?? nothing;
  } catch {
    return nothing;
  }
}

/** @param {PushedLine} line */
function showLine({ title, body, icon, tag, navigate }) {
  return notifying.registration.showNotification(title, { body, icon, tag, data: navigate });
}

/**
 * The page named, if it is of our origin, else the first.
 * @param {unknown} named
 */
function ourPage(named) {
  const first = `${location.origin}/`;
  try {
    const url = new URL(String(named ?? first));
    return url.origin === location.origin ? url.href : first;
  } catch {
    return first;
  }
}

/**
 * Other open pages are left as they are: somebody may be writing there.
 * @param {unknown} named
 */
async function openOurPage(named) {
  const page = ourPage(named);
  const open = await notifying.clients.matchAll({ type: "window" });
  const there = open.find((one) => one.url === page);
  return there ? there.focus() : notifying.clients.openWindow(page);
}
