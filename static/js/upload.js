// A file on its way to the server, telling how much of it has left; a problem is a sentence, as at every door.
import { Problem } from "./api.js";
import { t } from "./words.js";

/** POST the bytes of a file to a path of the API; `told(percent)` hears how much has been sent. */
export function upload(path, file, told) {
  return new Promise((done, fail) => {
    const wire = new XMLHttpRequest();
    wire.upload.onprogress = ({ loaded, total }) => told(total ? Math.floor((100 * loaded) / total) : 0);
    wire.onload = () => (wire.status < 300 ? done(read(wire)) : fail(new Problem(wire.status, read(wire) ?? {})));
    wire.onerror = () => fail(new Problem(0, { detail: t("Berkas tidak sampai: sambungan terputus. Unggah sekali lagi.") }));
    wire.open("POST", `/api/v1${path}`);
    wire.setRequestHeader("Accept", "application/json");
    wire.setRequestHeader("Content-Type", "application/octet-stream");
    wire.setRequestHeader("X-CSRF-Token", document.querySelector('meta[name="csrf"]').content);
    wire.send(file);
  });
}

function read({ responseText }) {
  try { return JSON.parse(responseText); } catch { return null; }
}
