import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Why a test that fetches packages is left out, if it is. */
export const offline = !reachesRegistry() && "npm's registry cannot be reached";

function reachesRegistry(): boolean {
	// Npm answers from a cache that has the answer.
	const cache = fs.mkdtempSync(path.join(os.tmpdir(), "empty-npm-cache-"));
	const view = ["view", "node-api-headers", "version", "--fetch-retries=0"];
	const { status } = spawnSync("npm", [...view, "--cache", cache]);
	fs.rmSync(cache, { recursive: true });
	return status === 0;
}
