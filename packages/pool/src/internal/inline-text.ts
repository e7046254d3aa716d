/** Says whether the text of a function imports something, perhaps in the way into which Vite has changed that. */
export function importsModules(text: string): boolean {
  return /\bimport\s*\(|__vite_ssr_dynamic_import__/.test(text);
}
