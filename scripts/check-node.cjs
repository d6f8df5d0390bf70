// Preloaded before every script, and written so that even a Node of ten years ago can read it: the
// scripts themselves use syntax that such a Node would reject with a wall of text.
"use strict";

var oldest = "20.9";
var found = process.versions.node;

/** @param {string} version */
function rank(version) {
	var parts = version.split(".");
	return Number(parts[0]) * 1000 + Number(parts[1]);
}

if (rank(found) < rank(oldest)) {
	console.error(
		"This project needs Node " +
			oldest +
			" or newer; this is Node " +
			found +
			" (" +
			process.execPath +
			").\nInstall a current one (https://nodejs.org, or: nvm install 22), then run the command again.",
	);
	process.exit(1);
}
