// Which lines of the chronology may be struck: words that a person wrote. Pure; the table of incident/casework/rules.py.
export const STRIKABLE = new Set(["noted", "verified", "responding", "obstructed", "controlled", "closed", "reopened", "corrected", "answered"].map((word) => `incident.${word}`));
