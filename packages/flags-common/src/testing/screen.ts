/** What is needed of a terminal emulator; `Terminal` of `@xterm/headless`, with `allowProposedApi`, has all of it. */
export interface TerminalEmulator {
  readonly buffer: {
    readonly active: {
      readonly length: number;
      /** The first row of the screen: those before it were scrolled away. */
      readonly baseY: number;
      readonly cursorX: number;
      readonly cursorY: number;
      getLine(row: number): EmulatedRow | undefined;
    };
  };
  readonly modes: { readonly wraparoundMode: boolean };
  write(bytes: Uint8Array, shown: () => void): void;
  resize(columns: number, rows: number): void;
  dispose(): void;
}

/** A row of what is shown. */
export interface EmulatedRow {
  /** Whether it goes on with the row before. */
  readonly isWrapped: boolean;
  translateToString(trimRight?: boolean): string;
}

/** Opens a terminal emulator of a size, which is given in the words of `@xterm/headless`. */
export type OpenEmulator = (size: {
  readonly cols: number;
  readonly rows: number;
  /** How many rows are kept that are scrolled away. */
  readonly scrollback: number;
}) => TerminalEmulator;

/** What stands on a terminal. */
export interface Screen {
  /** The lines up to the cursor, also those that are scrolled away. One that takes several rows is one line. */
  readonly lines: readonly string[];
  /** Whether the cursor stands at the beginning of an empty row, and a long line goes on in the next row. */
  readonly isInOrder: boolean;
}

/** Reads what a terminal shows. */
export function readScreen({ buffer: { active }, modes }: TerminalEmulator): Screen {
  const { baseY, cursorX, cursorY, length } = active;
  const lines: string[] = [];
  const cursorRow = baseY + cursorY;
  let lastRow = -1;
  for (let row = 0; row < length; row += 1) {
    const { isWrapped = false, text } = textOf(active.getLine(row));
    const before = isWrapped ? (lines.pop() ?? "") : "";
    lines.push(before + text);
    if (text.trim() !== "") lastRow = row;
  }
  const trimmed = lines.map((line) => line.trimEnd());
  while (trimmed.at(-1) === "") trimmed.pop();
  return {
    lines: trimmed,
    isInOrder: cursorX === 0 && cursorRow === lastRow + 1 && modes.wraparoundMode,
  };
}

function textOf(row: EmulatedRow | undefined): { isWrapped?: boolean; text: string } {
  return row === undefined
    ? { text: "" }
    : { isWrapped: row.isWrapped, text: row.translateToString() };
}
