// The facts the server wrote into the page: what this page is about, who looks, and the tables of the rules.
const read = (id) => {
  const holder = globalThis.document?.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : {};
};

export const page = read("page");
export const tables = read("tables");

/** Whether the person's role may do the verb; the server decides anew each time. */
export const may = (verb) => (tables.verbs ?? page.verbs ?? []).includes(verb);
