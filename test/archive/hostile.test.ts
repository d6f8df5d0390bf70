import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { TransferLearningError } from "transfer-learning";
import { openArchive } from "../../lib/dist/archive/archive";
import { decodeImage } from "../../lib/dist/image/decode";
import { sampleArchive } from "../support/sample";
import {
	comparedValues,
	type Decoded,
	decodeInPython,
	unzipInPython,
} from "../support/tensorflow";
import { archiveCases, slowStart, suspect, witness } from "./hostile_archives";
import { imageCases } from "./hostile_images";

const temp = fs.mkdtempSync(path.join(os.tmpdir(), "hostile-"));
after(() => fs.rmSync(temp, { recursive: true }));

let photo: Buffer;
before(async () => {
	const members = await openArchive(sampleArchive);
	const member = members.find(({ size }) => size > 10_000 && size < 20_000);
	assert.ok(member);
	photo = await member.read();
});

const isNamed = (name: string, reason: RegExp) => (error: Error) => {
	assert.ok(error instanceof TransferLearningError, String(error.stack));
	assert.ok(error.message.startsWith(name), error.message);
	assert.match(error.message, reason);
	return true;
};

/** Decodes, and compares with TensorFlow's first million values: the mean absolute difference, in levels of 255. */
async function difference(image: Buffer, theirs: Decoded): Promise<number> {
	const { data, shape } = await decodeImage(image, suspect);
	assert.ok("data" in theirs, "TensorFlow refuses it");
	assert.deepEqual(shape, theirs.shape);
	assert.equal(data.length, shape[0] * shape[1] * shape[2]);
	let sum = 0;
	for (const [i, value] of theirs.data.entries()) {
		sum += Math.abs(value - (data[i] as number));
	}
	return sum / Math.min(comparedValues, data.length);
}

for (const [i, testCase] of archiveCases.entries()) {
	const { what, archive, outcome, member: name = suspect } = testCase;
	test(`${what}: ${describe(outcome)}`, async () => {
		const file = path.join(temp, `${i}.zip`);
		fs.writeFileSync(file, archive(photo));
		if (typeof outcome === "object" && "refused" in outcome) {
			await assert.rejects(
				openArchive(file),
				isNamed(path.resolve(file), outcome.refused),
			);
			return;
		}
		const members = await openArchive(file);
		const good = members.filter((member) => member.name === witness).at(-1);
		assert.deepEqual(await good?.read(), photo);
		const [member] = members.filter((member) => member.name === name);
		assert.ok(member);
		if (outcome === "no example") {
			assert.doesNotMatch(name, /^PetImages\/(Cat|Dog)\/\d+\.jpg$/);
		} else if (outcome === "read") {
			const bytes = await member.read();
			assert.deepEqual(bytes, photo);
			assert.equal(unzipInPython(file)?.[name], bytes.toString("base64"));
			assert.deepEqual(await member.readStart(512), photo.subarray(0, 512));
		} else {
			const decoded = member.read().then((bytes) => decodeImage(bytes, name));
			await assert.rejects(decoded, isNamed(name, outcome.named));
		}
	});
}

test("an image's start is refused for the same reasons, but for those that only the whole shows", async () => {
	const whole = /grows beyond|checksum is wrong|is not a JPEG|is empty/;
	for (const { archive, outcome } of archiveCases) {
		if (typeof outcome !== "object" || !("named" in outcome)) continue;
		if (whole.test(outcome.named.source)) continue;
		const file = path.join(temp, "start.zip");
		fs.writeFileSync(file, archive(photo));
		const [member] = await openArchive(file);
		assert.ok(member);
		await assert.rejects(
			member.readStart(512),
			isNamed(suspect, outcome.named),
		);
	}
});

test("an image's start is not looked for beyond the bytes that it needs", async () => {
	const file = path.join(temp, "slow.zip");
	fs.writeFileSync(file, slowStart(photo));
	const [member] = await openArchive(file);
	assert.ok(member);
	await assert.rejects(
		member.readStart(512),
		isNamed(
			suspect,
			/compressed data are damaged \(too few bytes at the beginning\)/,
		),
	);
	assert.deepEqual(await member.read(), photo);
});

test("a missing file, a folder and a pipe without a writer are refused", async () => {
	const pipe = path.join(temp, "pipe.zip");
	execFileSync("mkfifo", [pipe]);
	for (const [file, reason] of [
		[path.join(temp, "nowhere.zip"), /There is no archive at .*nowhere\.zip/],
		[temp, /is not a file/],
		[pipe, /pipe\.zip is not a file/],
	] as const) {
		await assert.rejects(openArchive(file), isNamed("", reason));
	}
});

test("an archive that is replaced after it was listed is not read", async () => {
	const file = path.join(temp, "replaced.zip");
	const [flawless] = archiveCases;
	fs.writeFileSync(file, flawless?.archive(photo) ?? "");
	const [member] = await openArchive(file);
	fs.appendFileSync(file, "more");
	await assert.rejects(
		async () => member?.read(),
		isNamed(suspect, /has changed since it was loaded; load it again/),
	);
	fs.rmSync(file);
	await assert.rejects(async () => member?.read(), isNamed(suspect, /ENOENT/));
});

test("listing and reading archives leaves no file open", async () => {
	const open = () => fs.readdirSync("/proc/self/fd").length;
	const list = async () => {
		const members = await openArchive(sampleArchive);
		await Promise.all(members.slice(0, 50).map((m) => m.readStart(512)));
		await Promise.all(members.slice(0, 50).map((m) => m.read()));
	};
	await list();
	const before = open();
	for (let i = 0; i < 5; i++) await list();
	assert.equal(open(), before);
});

test("images are read as TensorFlow reads them, or refused by name", async (t) => {
	const images = await Promise.all(imageCases.map(({ image }) => image(photo)));
	const asked = await Promise.all(
		imageCases.map(async ({ outcome }, i) => {
			if (typeof outcome !== "object") return images[i];
			if ("like" in outcome) return outcome.like(photo);
			return outcome.ours ? Buffer.alloc(0) : images[i];
		}),
	);
	const theirs = decodeInPython(asked as Buffer[]);
	for (const [i, { what, outcome }] of imageCases.entries()) {
		await t.test(`${what}: ${describe(outcome)}`, async () => {
			const image = images[i] as Buffer;
			const their = theirs[i] as Decoded;
			if (typeof outcome === "object" && "refused" in outcome) {
				await assert.rejects(
					decodeImage(image, suspect),
					isNamed(suspect, outcome.refused),
				);
				assert.ok("error" in their, "TensorFlow reads it");
			} else {
				assert.equal(await difference(image, their), 0, "levels of 255");
			}
		});
	}
});

function describe(outcome: unknown): string {
	if (typeof outcome === "string") return outcome;
	const [[how, reason] = []] = Object.entries(outcome as object);
	return reason instanceof RegExp ? `${how}, "${reason.source}"` : String(how);
}
