/**
 * Puts the decoder beside the files the service worker keeps: a door must read badges after a start without a network.
 * Everybody else is spared the megabyte.
 * @module
 */
const VENDOR = new URL("../../vendor/zxing/", import.meta.url);
const FILES = ["reader/index.js", "share.js", "zxing_reader.wasm"];

/** @returns {Promise<boolean>} whether this page opens and reads badges without a network */
export async function keepDecoder() {
  const build = /\/static\/([^/]+)\//.exec(VENDOR.pathname)?.[1];
  if (!build || !("caches" in window)) return false;
  const kept = await caches.open(`mixwell-${build}`);
  await Promise.all(FILES.map((file) => keep(kept, new URL(file, VENDOR).href)));
  return Boolean(navigator.serviceWorker?.controller);
}

/**
 * @param {Cache} kept
 * @param {string} address
 */
async function keep(kept, address) {
  if (!(await kept.match(address, { ignoreVary: true }))) await kept.add(address);
}
