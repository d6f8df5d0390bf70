import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { UserError } from "../packages/tfjs-on-wheel/user_error.mjs";

const commands = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/**
 * Starts Chromium without a window: the one that the environment variable CHROMIUM names, else the system's.
 *
 * @returns {Promise<import("playwright-core").Browser>} to be closed by the caller
 * @throws {UserError} if no browser is found
 */
export async function launchBrowser() {
	// Imported here, because only this needs the driver.
	const { chromium } = await import("playwright-core");
	return chromium.launch({
		executablePath: findBrowser(),
		// Chromium's sandbox does not run as root, as in most containers.
		args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
	});
}

function findBrowser() {
	const named = process.env.CHROMIUM;
	if (named && !fs.existsSync(named))
		throw new UserError(`CHROMIUM names a file that does not exist: ${named}`);
	const found = commands.map(
		(command) =>
			spawnSync("which", [command], { encoding: "utf8" }).stdout?.trim() ?? "",
	);
	const file = named || found.find((path) => path !== "");
	if (!file)
		throw new UserError(
			"This needs Chromium or Chrome, but neither was found. Install one, or set CHROMIUM=/path/to/chrome.",
		);
	return file;
}
