/**
 * Whether the camera may start without a tap: the browser will not ask, and someone wanted it in this tab before.
 * @module
 */

const STARTED_KEY = "mixwell-camera-started";

/**
 * The browser's word on the camera, which tells when it changes; null where it does not say.
 * @returns {Promise<PermissionStatus | null>}
 */
export async function cameraPermission() {
  try {
    return await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") });
  } catch {
    return null;
  }
}

/** Whether the camera has been started in this tab. */
export function wasCameraStarted() {
  try {
    return sessionStorage.getItem(STARTED_KEY) === "yes";
  } catch {
    return false;
  }
}

/** Remember that it was. */
export function noteCameraStarted() {
  try {
    sessionStorage.setItem(STARTED_KEY, "yes");
  } catch {
    // Storage can be refused; the camera then waits for a tap on every page.
  }
}
