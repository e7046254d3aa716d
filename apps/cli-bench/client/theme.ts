/** The colours of the executors: told apart in light and in dark, and by most colour-blind eyes (after Okabe and Ito). */
const EXECUTOR_COLORS: Readonly<Record<string, string>> = {
  inline: "#888f99",
  async: "#cc79a7",
  thread: "#3b8fd4",
  process: "#e08a1e",
};

const OTHER_COLORS = ["#3b8fd4", "#e08a1e", "#14a37f", "#cc79a7", "#8d7ae6", "#b59b1d", "#d35f4a"];

/** Gives the colour of an executor. */
export function executorColor(kind: string): string {
  return EXECUTOR_COLORS[kind] ?? "#888f99";
}

/** Gives a colour for the so-and-so-manieth thing of a row. */
export function seriesColor(index: number): string {
  return OTHER_COLORS[index % OTHER_COLORS.length] ?? "#888f99";
}

/** Reads one of the page's own colours, which follow the reader's choice of light or dark. */
export function pageColor(name: "text" | "muted" | "line"): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
