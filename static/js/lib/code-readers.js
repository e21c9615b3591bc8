/**
 * What reads QR codes out of pixels: zxing by WebAssembly, and qr in plain script where that is refused or does not load.
 * @module
 */

/** @typedef {import("./choose-code.js").FoundCode} FoundCode */
/** @typedef {(pixels: ImageData) => Promise<FoundCode[]>} CodeReader */

const VENDOR = new URL("../../vendor/", import.meta.url);
const MOST_CODES = 4;

/** @type {import("zxing-wasm/reader").ReaderOptions} */
const ZXING = { formats: ["QRCode"], tryInvert: false, tryRotate: false, maxNumberOfSymbols: MOST_CODES, textMode: "Plain" };

/**
 * The better reader, or the other. Rejects when neither loads.
 * @returns {Promise<CodeReader>}
 */
export async function loadReader() {
  try {
    return await loadZxing();
  } catch {
    // Some phones run no WebAssembly at all (Lockdown Mode), and a network may end between two files.
    return loadQr();
  }
}

/** @returns {Promise<CodeReader>} */
async function loadZxing() {
  const reader = /** @type {typeof import("zxing-wasm/reader")} */ (await import(addressOf("zxing/reader/index.js")));
  // Its default address is a public CDN.
  const locateFile = (/** @type {string} */ name) => addressOf(`zxing/${name}`);
  await reader.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return async (pixels) => {
    const results = await reader.readBarcodes(pixels, ZXING);
    return results.filter(({ isValid, text }) => isValid && text).map(({ text, position }) => ({
      text,
      corners: [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft],
    }));
  };
}

/** @returns {Promise<CodeReader>} */
async function loadQr() {
  const { decodeQRBatch } = /** @type {typeof import("qr/decode.js")} */ (await import(addressOf("qr/decode.js")));
  return async (pixels) => {
    /** @type {FoundCode[]} */
    const codes = [];
    const { width, height } = pixels;
    // It looks for every code in a picture and says of each where it is, or why it was none.
    await decodeQRBatch([pixels], {
      maxSize: { width, height },
      pointsOnDetect: ({ bounds }, text) => {
        if (typeof text === "string" && text) codes.push({ text, corners: bounds.map(({ x, y }) => ({ x, y })) });
      },
    });
    return codes.slice(0, MOST_CODES);
  };
}

/** @param {string} name below static/vendor/ */
function addressOf(name) {
  return new URL(name, VENDOR).href;
}
