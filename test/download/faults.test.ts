import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import {
	type DownloadProgress,
	download,
} from "../../lib/dist/download/download";
import {
	refuse,
	send,
	serve,
	serveProxy,
	type TestContext,
} from "../support/server";
import { until } from "../support/until";
import {
	assertOnlyTheFile,
	checked,
	damaged,
	makeFolder,
	photos,
	rejectsWith,
	sha256,
	size,
	timing,
} from "./photos";

/** Puts a ticket into the file's lock, as another process does, and returns its path. */
function writeTicket(file: string, name: string, host = os.hostname()): string {
	const ticket = path.join(`${file}.lock`, name);
	fs.mkdirSync(`${file}.lock`);
	fs.writeFileSync(ticket, host);
	return ticket;
}

/** Downloads in a process of its own, from which its error message and warnings come back. */
function downloadElsewhere(
	t: TestContext,
	url: string,
	file: string,
	prefix = "",
): { child: ChildProcess; ended: Promise<string> } {
	const module = require.resolve("../../lib/dist/download/download");
	const script = `require(${JSON.stringify(module)})
		.download(...${JSON.stringify([url, file, checked])})
		.catch((error) => process.stdout.write(error.message));`;
	const command = `${prefix} exec "$0" -e "$1"`;
	const child = spawn("sh", ["-c", command, process.execPath, script], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	t.after(() => child.kill("SIGKILL"));
	let output = "";
	for (const stream of [child.stdout, child.stderr])
		stream?.on("data", (chunk) => {
			output += chunk;
		});
	return { child, ended: once(child, "close").then(() => output) };
}

test("a file from a server that ignores Range is fetched from its start", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { dropAfter: 70_000 }),
		send(photos, { ranges: false }),
	);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.requests[1]?.headers.range, "bytes=70000-");
});

test("a server that ignores Range and always drops is given up", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { ranges: false, dropAfter: 70_000 }),
	);
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("given up after 70000 bytes", "Run this again"),
	);
	assert.equal(server.requests.length, 6);
	assert.ok(!fs.existsSync(file));
});

test("without a validator and a SHA-256, parts that may differ are not joined", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { dropAfter: 70_000 }),
		send(photos),
	);
	await download(server.url, file, { timing });
	assertOnlyTheFile(file);
	assert.equal(server.requests[1]?.headers.range, undefined);
});

test("a file that changes on the server meanwhile is fetched from its start", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(damaged, { etag: '"old"', dropAfter: 150_000 }),
		send(photos, { etag: '"new"' }),
	);
	await download(server.url, file, { timing });
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), 150_000 + size);
});

test("a range of another version, from a server that ignores If-Range, is not joined", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(damaged, { etag: '"old"', dropAfter: 150_000 }),
		send(photos, { etag: '"new"', ifRange: false }),
		send(photos, { etag: '"new"' }),
	);
	await download(server.url, file, { timing });
	assertOnlyTheFile(file);
	assert.equal(server.requests.length, 3);
});

for (const status of [403, 404]) {
	test(`${status} fails at once`, async (t) => {
		const { folder, file } = makeFolder(t);
		const server = await serve(t, refuse(status));
		await assert.rejects(
			download(server.url, file, {
				...checked,
				alternative: "set CATS_VS_DOGS to an archive that you have",
			}),
			rejectsWith(
				server.url,
				`answered ${status}`,
				`put the file at ${file} yourself, or set CATS_VS_DOGS`,
			),
		);
		assert.equal(server.requests.length, 1);
		assert.deepEqual(fs.readdirSync(folder), []);
	});
}

test("a server in trouble for a moment is asked again", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		refuse(500),
		refuse(429),
		refuse(408),
		send(photos),
	);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.requests.length, 4);
});

test("a server in trouble for long is given up, and the next run goes on", async (t) => {
	const { file } = makeFolder(t);
	const troubles = Array.from({ length: 6 }, () => refuse(500));
	const server = await serve(
		t,
		send(photos, { etag: '"1"', dropAfter: 50_000 }),
		...troubles,
		send(photos, { etag: '"1"' }),
	);
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("after 50000 bytes", "answered 500"),
	);
	assert.ok(!fs.existsSync(file));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
});

test("Retry-After is waited for, up to a bound", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		refuse(503, { "retry-after": "3600" }),
		send(photos),
	);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	const [first, second] = server.requests;
	assert.ok(first && second && second.time - first.time >= 195);
});

test("a server that announces another size than expected is refused before a byte is kept", async (t) => {
	for (const lie of [-1000, 1000]) {
		const { file, folder } = makeFolder(t);
		const server = await serve(t, send(photos, { lie }));
		await assert.rejects(
			download(server.url, file, checked),
			rejectsWith(`announces ${size + lie} bytes instead of ${size}`),
		);
		assert.deepEqual(fs.readdirSync(folder), []);
	}
});

test("a server that announces more than it sends is noticed without a known size", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos, { etag: '"1"', lie: 1000 }));
	await download(server.url, file, { sha256, timing });
	assertOnlyTheFile(file);
	assert.equal(server.requests.at(-1)?.headers.range, `bytes=${size}-`);
});

test("a server that announces less than it sends is noticed without a known size", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(t, send(photos, { lie: -1000 }));
	await assert.rejects(
		download(server.url, file, { sha256, timing }),
		rejectsWith("its 199000 bytes have the SHA-256"),
	);
	assert.deepEqual(fs.readdirSync(folder), []);
});

test("a server that sends more than the size is stopped there", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(t, (_, response, write) => {
		const more = (): void => {
			if (!response.destroyed) write(photos, more);
		};
		more();
	});
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith(`sends more than its ${size} bytes`),
	);
	assert.deepEqual(fs.readdirSync(folder), []);
});

test("a wrong byte in what an earlier run left is noticed too", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(
		t,
		send(damaged, { etag: '"1"', dropAfter: 150_000 }),
		send(photos, { etag: '"1"' }),
	);
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("SHA-256"),
	);
	assert.deepEqual(fs.readdirSync(folder), []);
});

test("a stalled connection is given up and resumed", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { etag: '"1"', stallAfter: 60_000 }),
		() => {}, // No answer at all.
		send(photos, { etag: '"1"' }),
	);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
});

test("an aborted download rejects with the signal's reason and goes on later", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { etag: '"1"', stallAfter: 60_000 }),
		send(photos, { etag: '"1"' }),
	);
	const controller = new AbortController();
	const { signal } = controller;
	const reason = new Error("enough");
	const onProgress = ({ received }: DownloadProgress) => {
		if (received === 60_000) controller.abort(reason);
	};
	await assert.rejects(
		download(server.url, file, { ...checked, signal, onProgress }),
		(error) => error === reason,
	);
	assert.deepEqual(fs.readdirSync(folder), [
		"photos.zip.part",
		"photos.zip.part.json",
	]);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
});

test("a killed process's download is taken up by the next process where it ended", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(
		t,
		send(photos, { etag: '"1"', stallAfter: 120_000 }),
		send(photos, { etag: '"1"' }),
	);
	const first = downloadElsewhere(t, server.url, file);
	await until(
		folder,
		() =>
			fs.existsSync(`${file}.part`) &&
			fs.statSync(`${file}.part`).size === 120_000,
	);
	first.child.kill("SIGKILL");
	await first.ended;
	assert.ok(fs.existsSync(`${file}.lock`));
	assert.equal(await downloadElsewhere(t, server.url, file).ended, "");
	assertOnlyTheFile(file);
	assert.equal(server.requests[1]?.headers.range, "bytes=120000-");
	assert.equal(server.bytes(), size);
});

test("a part that was whole when its process died is not fetched again", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos));
	fs.writeFileSync(`${file}.part`, photos);
	fs.writeFileSync(`${file}.part.json`, JSON.stringify({ url: server.url }));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.requests.length, 0);
});

test("a part that cannot be the beginning of the file is thrown away", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos));
	const leftovers: [Buffer, string][] = [
		[Buffer.concat([photos, photos]), JSON.stringify({ url: server.url })],
		[damaged, JSON.stringify({ url: "http://127.0.0.1/another" })],
		[damaged, '{"url": '],
	];
	for (const [bytes, source] of leftovers) {
		fs.writeFileSync(`${file}.part`, bytes);
		fs.writeFileSync(`${file}.part.json`, source);
		await download(server.url, file, checked);
		assertOnlyTheFile(file);
		fs.rmSync(file);
	}
});

test("several processes at once download once, past the lock of a dead one", async (t) => {
	const { file } = makeFolder(t);
	const dead = spawn(process.execPath, ["--version"]);
	await once(dead, "close");
	writeTicket(file, `${dead.pid}.1.download`);
	const server = await serve(
		t,
		send(photos, { etag: '"1"', stallAfter: 100_000 }),
		send(photos, { etag: '"1"' }),
	);
	const others = [1, 2, 3].map(() => downloadElsewhere(t, server.url, file));
	assert.deepEqual(await Promise.all(others.map(({ ended }) => ended)), [
		"",
		"",
		"",
	]);
	assertOnlyTheFile(file);
	assert.equal(server.bytes(), size);
});

test("the lock of a dead process whose number belongs to another by now is taken over", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos));
	// This test's parent lives, but began at another time than 1 tick after the machine's start.
	writeTicket(file, `${process.ppid}.1.download`);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
});

test("a lock of another machine counts while its owner touches it, and is taken over when that stops", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos));
	// No process of this machine has the number, which says nothing about another machine.
	const ticket = writeTicket(file, "999999999.1.download", "elsewhere");
	let waited = 0;
	const onProgress = () => {
		waited++;
		if (waited === 1) assert.deepEqual(server.requests, []);
		if (waited === 2) fs.utimesSync(ticket, new Date(0), new Date(0));
	};
	await download(server.url, file, {
		...checked,
		onProgress,
		timing: { ...timing, progressInterval: 0 },
	});
	assert.ok(waited >= 2);
	assertOnlyTheFile(file);
});

test("a process that loses its lock stops", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos, { stallAfter: 100_000 }));
	const downloading = download(server.url, file, {
		...checked,
		timing: { ...timing, stallTimeout: 60_000 },
		onProgress: ({ received }) => {
			if (received !== 100_000) return;
			fs.rmSync(`${file}.lock`, { recursive: true });
			writeTicket(file, "another's");
		},
	});
	await assert.rejects(downloading, rejectsWith("taken over"));
	assert.deepEqual(fs.readdirSync(`${file}.lock`), ["another's"]);
	assert.ok(!fs.existsSync(file));
});

test("redirects in a circle end", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, refuse(301, { location: "/photos.zip" }));
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("redirected more than 10 times"),
	);
	assert.equal(server.requests.length, 11);
});

test("a redirect to an invalid address is reported", async (t) => {
	const { file } = makeFolder(t);
	for (const location of ["ftp://127.0.0.1/photos.zip", "http://[::"]) {
		const server = await serve(t, refuse(302, { location }));
		await assert.rejects(
			download(server.url, file, checked),
			rejectsWith(server.url, "redirected"),
		);
	}
});

test("a server that compresses where it may is asked not to", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos, { gzip: "if accepted" }));
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
});

test("a server that compresses all the same is refused", async (t) => {
	const { file, folder } = makeFolder(t);
	const server = await serve(t, send(photos, { gzip: "always" }));
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith("compressed \\(gzip\\)"),
	);
	assert.deepEqual(fs.readdirSync(folder), []);
});

for (const name of ["HTTP_PROXY", "http_proxy"]) {
	test(`the proxy that ${name} names is used`, async (t) => {
		const { file } = makeFolder(t);
		const proxy = await serveProxy(t);
		const server = await serve(
			t,
			send(photos, { etag: '"1"', dropAfter: 90_000 }),
			send(photos, { etag: '"1"' }),
		);
		process.env[name] = proxy.url;
		await download(server.url, file, checked);
		assertOnlyTheFile(file);
		assert.deepEqual(proxy.requests, [
			`GET ${server.url}`,
			`GET ${server.url}`,
		]);
	});
}

test("a host that NO_PROXY names is asked directly", async (t) => {
	const { file } = makeFolder(t);
	const proxy = await serveProxy(t);
	const server = await serve(t, send(photos));
	process.env.HTTP_PROXY = proxy.url;
	process.env.NO_PROXY = "localhost,127.0.0.1";
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.deepEqual(proxy.requests, []);
});

test("an https address is asked for through the tunnel of HTTPS_PROXY", async (t) => {
	const { file } = makeFolder(t);
	for (const tunnels of [true, false]) {
		const proxy = await serveProxy(t, { tunnels });
		process.env.HTTPS_PROXY = proxy.url;
		// It speaks no TLS, so that the tunnel leads to a clear error.
		const server = await serve(t, send(photos));
		const url = server.url.replace("http:", "https:");
		await assert.rejects(
			download(url, file, checked),
			rejectsWith("cannot be reached", tunnels ? "SSL|TLS" : "502"),
		);
		assert.equal(proxy.requests[0], `CONNECT ${new URL(url).host}`);
	}
});

test("a proxy that leaves CONNECT unanswered is given up", async (t) => {
	const { file } = makeFolder(t);
	const proxy = await serveProxy(t, { tunnels: "never answered" });
	process.env.HTTPS_PROXY = proxy.url;
	await assert.rejects(
		download("https://127.0.0.1:9/photos.zip", file, checked),
		rejectsWith("cannot be reached", "no data came for 0.2 seconds"),
	);
	assert.equal(proxy.requests.length, 2);
});

test("a download that waits for a proxy's CONNECT can be aborted", async (t) => {
	const { file } = makeFolder(t);
	const proxy = await serveProxy(t, { tunnels: "never answered" });
	process.env.HTTPS_PROXY = proxy.url;
	const controller = new AbortController();
	const { signal } = controller;
	const downloading = download("https://127.0.0.1:9/photos.zip", file, {
		signal,
	});
	const reason = new Error("enough");
	const aborted = assert.rejects(downloading, (error) => error === reason);
	while (proxy.requests.length === 0) await new Promise(setImmediate);
	controller.abort(reason);
	await aborted;
});

test("a proxy that is not an http(s) address is reported", async (t) => {
	const { file } = makeFolder(t);
	for (const proxy of ["127.0.0.1:3128", "ftp://127.0.0.1"]) {
		process.env.HTTP_PROXY = proxy;
		await assert.rejects(
			download("http://127.0.0.1:9/photos.zip", file, checked),
			rejectsWith("proxy that the environment names"),
		);
	}
});

test("a host that cannot be reached is given up soon", async (t) => {
	const { file, folder } = makeFolder(t);
	for (const url of [
		"http://127.0.0.1:9/photos.zip",
		"http://nowhere.invalid/photos.zip",
	]) {
		await assert.rejects(
			download(url, file, checked),
			rejectsWith(`${url} cannot be reached`, "HTTPS_PROXY", file),
		);
	}
	assert.deepEqual(fs.readdirSync(folder), []);
});

test("a folder that cannot be written is reported", async (t) => {
	const { folder } = makeFolder(t);
	fs.writeFileSync(path.join(folder, "data"), "a file, no folder");
	const file = path.join(folder, "data", "photos.zip");
	const server = await serve(t, send(photos));
	await assert.rejects(
		download(server.url, file, checked),
		rejectsWith(`${file} cannot be written`),
	);
	assert.equal(server.requests.length, 0);
});

test("a disk without room is reported, and what fits is kept for the next run", async (t) => {
	const { file } = makeFolder(t);
	const server = await serve(t, send(photos, { etag: '"1"' }));
	// A limit of the process stands for the end of the disk: 200 blocks of 512 bytes.
	const output = await downloadElsewhere(t, server.url, file, "ulimit -f 200;")
		.ended;
	assert.match(output, /There is no room for .*photos\.zip .* Make some/);
	assert.ok(!fs.existsSync(file));
	assert.equal(fs.statSync(`${file}.part`).size, 102_400);
	await download(server.url, file, checked);
	assertOnlyTheFile(file);
	assert.equal(server.requests[1]?.headers.range, "bytes=102400-");
});
