// Apart from the other functions, so that loading tinypool in the worker costs only those who move something.
import { Tinypool } from "tinypool";

export const move = (bytes) => Tinypool.move(bytes);
