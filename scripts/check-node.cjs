// Preloaded before every script, in syntax that even a ten-year-old Node can parse: the scripts themselves would fail there
// with a long syntax error.
"use strict";

var oldest = "20.18.1";
var found = process.versions.node;

/** @param {string} version */
function rank(version) {
	var parts = version.split(".");
	return (Number(parts[0]) * 1000 + Number(parts[1])) * 1000 + Number(parts[2]);
}

if (rank(found) < rank(oldest)) {
	console.error(
		"This project needs Node " +
			oldest +
			" or newer; this is Node " +
			found +
			" (" +
			process.execPath +
			").\nInstall a current version (https://nodejs.org, or: nvm install 22), then run the command again.",
	);
	process.exit(1);
}
