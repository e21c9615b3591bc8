// The number on the app's icon (Badging API): how many things this phone has not sent yet.

/**
 * Show the number, or nothing for zero. Silent where a browser has no badge, refuses one, or is no installed app.
 * @param {number} count
 */
export function showUnsent(count) {
  const shown = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  shown?.catch(() => {});
}
