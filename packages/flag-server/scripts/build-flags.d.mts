/** Draws one flag as the bytes of a GIF. */
export function renderFlag(code: string): Promise<Buffer>;
