import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { officialArchive } from "../../lib/dist/sources/official";
import { findCatsVsDogs } from "../../lib/dist/sources/source";
import { sampleArchive } from "../support/sample";
import {
	type Behaviour,
	refuse,
	send,
	serve,
	type TestContext,
} from "../support/server";

const bytes = fs.readFileSync(sampleArchive);
const sha256 = createHash("sha256").update(bytes).digest("hex");

/** Where the archive goes, with nothing in it, and `CATS_VS_DOGS` unset until the test ends. */
function startWithNothing(t: TestContext): string {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "source-"));
	const named = process.env.CATS_VS_DOGS;
	delete process.env.CATS_VS_DOGS;
	t.after(() => {
		fs.rmSync(folder, { recursive: true });
		if (named !== undefined) process.env.CATS_VS_DOGS = named;
	});
	return path.join(folder, "photos.zip");
}

test("with nothing at hand the official archive is downloaded, in spite of a connection that breaks, and only once", async (t) => {
	const file = startWithNothing(t);
	const { url, requests } = await serve(
		t,
		send(bytes, { dropAfter: bytes.length >> 4 }),
		send(bytes, { dropAfter: bytes.length >> 1 }),
		send(bytes),
	);
	const official = { url, file, size: bytes.length, sha256 };
	assert.equal(await findCatsVsDogs(official), file);
	assert.equal(requests.length, 3);
	assert.ok(fs.readFileSync(file).equals(bytes));

	assert.equal(await findCatsVsDogs(official), file);
	assert.equal(requests.length, 3, "it was downloaded again");
});

test("a 404 from the server is an error that says what else to do, and no reason to draw", async (t) => {
	const file = startWithNothing(t);
	const { url } = await serve(t, refuse(404));
	await assert.rejects(
		findCatsVsDogs({ url, file, size: bytes.length, sha256 }),
		/404 Not Found[\s\S]*set CATS_VS_DOGS to an archive that you have/,
	);
	assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
});

test("a download that fails on a terminal takes its bar away and lets the process end", async (t) => {
	const file = startWithNothing(t);
	let showBar = () => {};
	const shown = new Promise<void>((resolve) => {
		showBar = resolve;
	});
	const trickle: Behaviour = (_, response, write) => {
		response.setHeader("content-length", 1e8);
		const timer = setInterval(() => write(Buffer.alloc(1000)), 50);
		shown.finally(() => {
			clearInterval(timer);
			response.destroy();
		});
	};
	const { url } = await serve(t, trickle, refuse(404));
	const program = `
		process.stdout.isTTY = true;
		require("transfer-learning");
		const { findCatsVsDogs } = require(${JSON.stringify(require.resolve("../../lib/dist/sources/source"))});
		findCatsVsDogs(JSON.parse(process.argv[1])).catch(({ message }) => console.log(message));`;
	const official = { url, file, size: 1e8, sha256 };
	const child = spawn(
		process.execPath,
		["-e", program, JSON.stringify(official)],
		{ stdio: ["ignore", "pipe", "ignore"], timeout: 120_000 },
	);
	let stdout = "";
	child.stdout.setEncoding("utf8").on("data", (text) => {
		stdout += text;
		if (stdout.includes("░ 0 %")) showBar();
	});
	assert.deepEqual(await once(child, "close"), [0, null], stdout);
	assert.match(stdout, /░ 0 % 0\.0 MB, 0\.0 MB\/s, \d/);
	assert.match(stdout, /\[2KDownloading the photos: stopped\n.* 404 Not Found/);
});

test("the official archive is Microsoft's, of the size and SHA-256 that TensorFlow Datasets checks", () => {
	// tensorflow_datasets/url_checksums/cats_vs_dogs.txt and datasets/cats_vs_dogs/checksums.tsv.
	assert.match(
		officialArchive.url,
		/^https:\/\/download\.microsoft\.com\/.*\/kagglecatsanddogs_5340\.zip$/,
	);
	assert.equal(officialArchive.size, 824_887_076);
	assert.match(officialArchive.sha256, /^b7974bd00a84a999[0-9a-f]{48}$/);
});
