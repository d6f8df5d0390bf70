import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { test } from "node:test";
import { root } from "../support/python";
import { needsSample, sampleArchive } from "../support/sample";

interface Measurement {
	readonly photos: number;
	readonly perSecond: number;
	/** In MiB. */
	readonly peak: number;
}

function iterate(count: number): Measurement {
	const worker = path.join(__dirname, "memory_worker.ts");
	const output = execFileSync(
		process.execPath,
		["--import", "tsx", worker, String(count), sampleArchive],
		{ cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
	);
	return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Measurement;
}

test(
	"iterating over 2,792 photos takes at its peak no more memory than over 1,000",
	needsSample,
	() => {
		const [some, all] = [iterate(1000), iterate(2792)];
		for (const { photos, perSecond, peak } of [some, all]) {
			console.log(
				`${photos} photos: ${perSecond.toFixed(0)} a second, ${peak.toFixed(0)} MiB at the peak`,
			);
		}
		assert.equal(all.photos, 2792);
		// The loop keeps nothing. That much the garbage collector's timing makes of a difference.
		assert.ok(all.peak - some.peak <= 64, `${all.peak - some.peak} MiB more`);
	},
);
