import { readFileSync } from "node:fs";

/** Describes one flag image that the server holds. */
export interface FlagImage {
  /** The country's name in English, as flag-icons has it. */
  readonly country: string;
  /** Size of the GIF file in bytes. */
  readonly bytes: number;
  /** SHA-256 of the GIF file, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  /** Width of the image in pixels. */
  readonly width: number;
  /** Height of the image in pixels. */
  readonly height: number;
}

/** Describes all flag images of this package and where they came from. */
export interface FlagManifest {
  /** The package of drawings that the images were made from. */
  readonly source: {
    readonly package: string;
    readonly version: string;
    readonly license: string;
  };
  /** When the images changed last, in ISO 8601; the server's `Last-Modified`. */
  readonly lastModified: string;
  /** One image for each of the `FLAG_COUNTRY_CODES`, by upper-case code. */
  readonly flags: Readonly<Record<string, FlagImage>>;
}

/** Where the images are: beside the folder of this module, in the sources and in the bundle alike. */
export const ASSETS_URL = new URL("../assets/", import.meta.url);

/**
 * Reads the list of all flag images with their sizes and checksums, to compare downloads with.
 *
 * Reads the file anew at each call, synchronously, so the caller owns the object.
 *
 * @example
 * flagManifest().flags["US"]?.country; // => "United States of America"
 */
export function flagManifest(): FlagManifest {
  return JSON.parse(readFileSync(new URL("manifest.json", ASSETS_URL), "utf8")) as FlagManifest;
}
