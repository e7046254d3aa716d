/**
 * Something came over the wire that cannot be true: it speaks of a call that is not there. Nothing more is believed of that
 * worker, as a value that is another call's would be worse than none.
 */
export class WireFault extends Error {
  override readonly name = "WireFault";
}
