// A task in words: what, whose, until when, and whether it is late. Pure.
import { ageWords, secondsBetween } from "../time.js";
import { t } from "../words.js";

export const isLate = ({ due_at, gone }, moment) => !gone && Boolean(due_at) && Date.parse(due_at) <= Number(moment);

export const taskWords = ({ kind, words }) => (kind === "next_word" ? t("Kabari pelapor") : words);

/** "lewat 5 menit" or "12 menit lagi"; "" without an end. */
export function dueWords(task, moment) {
  if (!task.due_at) return "";
  if (isLate(task, moment)) return t("lewat {age}", { age: ageWords(secondsBetween(task.due_at, moment)) });
  return t("{age} lagi", { age: ageWords(Math.max(0, (Date.parse(task.due_at) - Number(moment)) / 1000)) });
}

/** What is late first, then what is due next, then what has no end. */
export const inDueOrder = (a, b) => (a.due_at ?? "9").localeCompare(b.due_at ?? "9") || a.id - b.id;

/** {late, soonest}: how many open tasks of an incident are late, and the words of the latest of them. */
export function lateTasks(tasks, moment) {
  const late = tasks.filter((task) => isLate(task, moment)).sort(inDueOrder);
  return { count: late.length, words: late.length ? `${taskWords(late[0])}: ${dueWords(late[0], moment)}` : "" };
}
