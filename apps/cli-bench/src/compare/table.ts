/** A table: a heading per column, and rows of texts. */
export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const TERMINAL_WIDTH = 80;

/** How many columns of a terminal a text takes, where each character takes one. */
const widthOf = (text: string): number => Array.from(text).length;

/** Writes a table for a terminal: columns of numbers on the right, others on the left, two blanks between. */
export function formatTable({ headings, rows }: Table): string {
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? "")].map(widthOf)),
  );
  const isNumeric = headings.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d.]/.test(row[column] ?? "")),
  );
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const blanks = " ".repeat((widths[column] ?? 0) - widthOf(cell));
        return isNumeric[column] === true ? blanks + cell : cell + blanks;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width));
  return [headings, rule, ...rows].map(format).join("\n");
}

/** Breaks a text between words, so that it fits a terminal of 80 columns. */
export function fold(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last ?? ""} ${word}`;
    if (last === undefined || widthOf(longer) > TERMINAL_WIDTH) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join("\n");
}

/** Writes a table in Markdown. */
export function formatMarkdownTable({ headings, rows }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}
