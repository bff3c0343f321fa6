const { join } = require("node:path");

module.exports = { turbopack: { root: join(__dirname, "../..") } }; // there are several lock files above this one
