{# needs: build, urls, on_use, offline_pages #}
// Keeps what pages are made of, and pages for when there is no network. It never keeps a page of a person.
// Rendered for each build: a new list of files is a new worker.

const BUILD = {{ build | tojson }};
const SHELL = {{ urls | tojson }};
const ON_USE = {{ on_use | tojson }};
// Without a network: how a path begins → the page that is shown instead. The longest beginning holds.
const OFFLINE = {{ offline_pages | tojson }};

const KEPT = `mixwell-${BUILD}`;
const FILES = `/static/${BUILD}/`;

// The way back, should this worker ever do harm: a build that lists no files takes it off every phone.
const leaving = SHELL.length === 0;

// What is pushed in the morning. A worker's own scripts must be vouched for, too.
const NOTIFICATIONS = {{ asset("js/workers/notifications.js") | tojson }};
const vouching = globalThis.trustedTypes?.createPolicy("mixwell", { createScriptURL: () => NOTIFICATIONS });
importScripts(vouching?.createScriptURL("") ?? NOTIFICATIONS);

addEventListener("install", (event) => {
  if (leaving) skipWaiting();
  else event.waitUntil(keepShell());
});

addEventListener("activate", (event) => {
  event.waitUntil(leaving ? leave() : forget((name) => name !== KEPT));
});

// A new worker waits until the old one's pages are closed, so that nothing changes under a scan. Pages where nothing is
// at stake let it in.
addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

// Everything else (fragments, polls, streams, writes, downloads) goes its way as if no worker were here. A form sent
// without a network is the browser's to send again: it still has what was typed.
addEventListener("fetch", (event) => {
  const { request } = event;
  if (leaving || request.method !== "GET") return;
  if (isOurFile(request)) event.respondWith(fromShell(request));
  else if (isPage(request)) event.respondWith(fromNetwork(request));
});

function isOurFile(request) {
  const url = new URL(request.url);
  return url.origin === location.origin && url.pathname.startsWith(FILES);
}

// htmx asks for a whole page by fetch, and says so.
function isPage(request) {
  return request.mode === "navigate" || request.headers.get("HX-Request-Type") === "full";
}

async function keepShell() {
  const kept = await caches.open(KEPT);
  // Without cookies, so that these pages are nobody's.
  const pages = [...new Set(Object.values(OFFLINE))].map((page) => new Request(page, { cache: "reload", credentials: "omit" }));
  await kept.addAll([...pages, ...SHELL]);
}

async function fromShell(request) {
  const kept = await caches.open(KEPT);
  return (await kept.match(request, { ignoreVary: true })) ?? keptFromNowOn(request, kept);
}

// What is large and only some pages need is kept when it is first asked for.
async function keptFromNowOn(request, kept) {
  const answer = await fetch(request);
  const wanted = ON_USE.some((folder) => new URL(request.url).pathname.startsWith(folder));
  if (wanted && answer.ok) kept.put(request, answer.clone()).catch(() => {});
  return answer;
}

async function fromNetwork(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(instead(request), { ignoreVary: true })) ?? Response.error();
  }
}

function instead(request) {
  const { pathname } = new URL(request.url);
  const beginnings = Object.keys(OFFLINE).filter((beginning) => pathname.startsWith(beginning));
  return OFFLINE[beginnings.sort((one, other) => other.length - one.length)[0]];
}

async function forget(isOld) {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("mixwell-") && isOld(name)).map((name) => caches.delete(name)));
}

async function leave() {
  await forget(() => true);
  await registration.unregister();
}
