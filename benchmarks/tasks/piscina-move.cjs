"use strict";
// Apart from the other functions, so that loading piscina in the worker costs only those who move something.
const { move } = require("piscina");

module.exports = { move: (bytes) => move(bytes) };
