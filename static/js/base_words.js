// Words about base maps that their screen, their menu and their reader share. Pure.

export const NONE = "none";

export const isVector = ({ type }) => type === "mvt";

export const titleOf = ({ title, name }) => title || name.replace(/\.\w+$/, "");

/** The name under which a map is chosen: the file's, or an online map's behind its own word; NONE for no map. */
export const choiceOf = (map) => (map ? (map.container ? map.name : `online:${map.id}`) : NONE);

// ---- the choice in the URL, so that a view can be sent to someone

/** "?base=lombok.pmtiles" -> its name; null when the URL says nothing of the ground. */
export const readBase = (search) => new URLSearchParams(search).get("base");

/** The query with the chosen map in it, what is usual left out; what else stood there is kept as it was. */
export function writeBase(name, usual, search = "") {
  const others = search.replace(/^\?/, "").split("&").filter((part) => part && !part.startsWith("base="));
  const said = name === usual ? others : [...others, `base=${encodeURIComponent(name)}`];
  return said.length ? `?${said.join("&")}` : "";
}
