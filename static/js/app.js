// The one entry: every element a page may hold. A feature adds its imports below.
import "./app-shell.js";
import "./elements/bottom-sheet.js";
import "./elements/busy-words.js";
import "./elements/copy-button.js";
import "./elements/door-verdict.js";
import "./elements/file-drop.js";
import "./elements/guest-finder.js";
import "./elements/install-hint.js";
import "./elements/lasting-storage.js";
import "./elements/offline-bar.js";
import "./elements/private-address.js";
import "./elements/push-switch.js";
import "./elements/quiet-poll.js";
import "./elements/share-button.js";
import "./elements/theme-switch.js";
import "./elements/toast-region.js";
import { isPhoneInUse } from "./lib/phone-in-use.js";

// A dozen modules that only the scanning pages need.
if (document.querySelector("badge-scanner")) import("./elements/badge-scanner.js");
// What a phone keeps for its owner is nothing to a stranger's page.
if (document.querySelector("room-keeper[owner]")) import("./elements/room-keeper.js");
else isPhoneInUse().then(async (inUse) => void (inUse && (await import("./elements/room-keeper.js"))));
if (document.querySelector("room-sheet")) import("./elements/room-sheet.js");
if (document.querySelector("room-place")) import("./elements/room-place.js");
if (document.querySelector("room-code, room-place")) import("./elements/room-code.js");
if (document.querySelector("door-phone")) {
  import("./elements/door-phone.js");
  import("./elements/door-ready.js");
  import("./elements/door-names.js");
}
if (document.querySelector("door-leave")) import("./elements/door-leave.js");
