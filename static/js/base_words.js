// Words about base maps that their screen, their menu and their reader share. Pure.

export const NONE = "none";

export const isVector = ({ type }) => type === "mvt";

export const titleOf = ({ title, name }) => title || name.replace(/\.\w+$/, "");

/** The name under which a map is chosen: the file's, or an online map's behind its own word; NONE for no map. */
export const choiceOf = (map) => (map ? (map.container ? map.name : `online:${map.id}`) : NONE);
