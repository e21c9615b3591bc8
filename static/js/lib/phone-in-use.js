/**
 * Whether this phone keeps anything for anybody: a stranger's page opens no store and loads nothing for it.
 * @returns {Promise<boolean>}
 */
export async function isPhoneInUse() {
  const known = await globalThis.indexedDB?.databases?.();
  return known === undefined || known.some(({ name }) => name === "mixwell");
}
