// What a secret must be, said before the server says it. Pure.
export const LEAST_LETTERS = 8;

/** -> a code of what is wrong with a secret typed twice, or null. */
export function wrongWith(secret, again) {
  if (secret.length < LEAST_LETTERS) return "too short";
  return secret === again ? null : "not the same";
}
