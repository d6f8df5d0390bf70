// Slow: packs the packages, and installs them with npm as a stranger would (about a minute).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { findImageNetWeights } from "../../lib/dist/models/pretrained";
import { python, root, runPython } from "../support/python";
import { makeFolder } from "./files";
import { offline } from "./registry";

const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
const readme = fs.readFileSync(path.join(root, "lib", "README.md"), "utf8");
/** The README's example, and what a CommonJS module imports instead. */
const [example = "", imports = ""] = [
	...readme.matchAll(/^```js\n(.*?)^```$/gms),
].map(([, code]) => code ?? "");

test("the packages' tarballs, installed in an empty folder, run the README's example", {
	skip: offline,
}, async (t) => {
	const folder = makeFolder(t);
	const weights = findImageNetWeights(1, 128, 128)?.file ?? "";
	const { CATS_VS_DOGS, CONDA_PREFIX, NODE_ENV, ...rest } = process.env;
	const env = {
		...rest,
		// An environment with TensorFlow that the user has activated.
		VIRTUAL_ENV: path.resolve(python, "..", ".."),
		MOBILENET_V2_WEIGHTS: weights,
		TF_CPP_MIN_LOG_LEVEL: "3",
		NODE_TEST_CONTEXT: "",
	};
	const run = (command: string, ...args: string[]) => {
		const options = { cwd: folder, encoding: "utf8", env } as const;
		const { status, stdout, stderr } = spawnSync(command, args, options);
		assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
		return stdout;
	};
	const write = (name: string, text: string) =>
		fs.writeFileSync(path.join(folder, name), text);

	write("package.json", '{ "private": true }');
	const packages = ["packages/drawn-pets", "packages/tfjs-on-wheel", "lib"];
	const tarballs = packages.map((name) =>
		run("npm", "pack", "--silent", path.join(root, name)).trim(),
	);
	run(
		"npm",
		...["install", "--ignore-scripts", "--no-audit", "--no-fund"],
		...tarballs.map((name) => `./${name}`),
	);

	await t.test("tfjs-on-wheel builds the addon and computes with it", () => {
		const missing = spawnSync("npx", ["tfjs-on-wheel", "doctor"], {
			cwd: folder,
			encoding: "utf8",
			env,
		});
		assert.equal(missing.status, 1, missing.stdout + missing.stderr);
		assert.match(
			missing.stdout,
			/^broken +operation +the addon of tfjs-node-gpu is not built\n +→ npx tfjs-on-wheel$/m,
		);
		const said = run("npx", "tfjs-on-wheel");
		assert.match(said, /^Python +the active environment /m);
		assert.match(said, /^TensorFlow addon +built with /m);
		assert.match(said, /^operation +\S*MatMul\S* ran on (CPU|GPU):0, in /m);
		assert.ok(!fs.existsSync(path.join(folder, ".venv")));

		const before = listFiles(folder);
		const findings = JSON.parse(
			run("npx", "tfjs-on-wheel", "doctor", "--json"),
		);
		const found = new Map(
			findings.map(({ name, state }: { name: string; state: string }) => [
				name,
				state,
			]),
		);
		for (const name of ["Node", "Python", "TensorFlow", "operation"])
			assert.equal(found.get(name), "good", name);
		assert.deepEqual(listFiles(folder), before);
	});

	extractPhotos(CATS_VS_DOGS ?? "", path.join(folder, "photos"));
	/** Runs a module and checks that it trained, evaluated and saved. */
	const train = (file: string) => {
		const said = run(process.execPath, file);
		const [, accuracy] = /\{ loss: .*, accuracy: ([\d.]+) \}/.exec(said) ?? [];
		assert.ok(Number(accuracy) >= 0.6, said);
		const saved = path.join(folder, "model");
		const files = fs.readdirSync(saved).sort();
		assert.deepEqual(files, ["model.json", "weights.bin"]);
		fs.rmSync(saved, { recursive: true });
	};

	await t.test("as an ES module", () => {
		write("train.mjs", example);
		train("train.mjs");
	});

	await t.test("as a CommonJS module", () => {
		const body = example.replace(/^import .*\n/gm, "");
		write("train.cjs", `${imports}\n(async () => {\n${body}})();\n`);
		train("train.cjs");
	});

	// tfjs's declarations of WebGPU clash with those of TypeScript 7: they are not checked.
	const skip = "--skipLibCheck";
	const strict = ["--strict", "--target", "es2022", "--types", "node"];
	fs.mkdirSync(path.join(folder, "node_modules", "@types"), {
		recursive: true,
	});
	const types = path.join("node_modules", "@types", "node");
	fs.rmSync(path.join(folder, types), { recursive: true, force: true });
	fs.symlinkSync(path.join(root, types), path.join(folder, types));

	await t.test("as strict TypeScript with node16 resolution", () => {
		write("train.mts", example);
		run(
			process.execPath,
			...[
				tsc,
				...strict,
				skip,
				"--module",
				"node16",
				"--outDir",
				"out",
				"train.mts",
			],
		);
		train(path.join("out", "train.mjs"));
	});

	await t.test("as strict TypeScript with bundler resolution", () => {
		const options = ["--module", "esnext", "--moduleResolution", "bundler"];
		const check = (file: string, ...more: string[]) =>
			spawnSync(
				process.execPath,
				[tsc, ...strict, ...options, ...more, "--noEmit", file],
				{ cwd: folder, encoding: "utf8" },
			);
		const right = check("train.mts", skip);
		assert.equal(right.status, 0, right.stdout);
		// Our own declarations are right, and what they import is there.
		assert.doesNotMatch(
			check("train.mts").stdout,
			/transfer-learning|tfjs-on-wheel|train\.mts/,
		);
		const wrong = example.replace('load("photos")', "load(1)");
		assert.notEqual(wrong, example);
		write("wrong.mts", wrong);
		const { status, stdout } = check("wrong.mts", skip);
		assert.notEqual(status, 0);
		assert.match(stdout, /^wrong\.mts\(4,.*error TS2345/m);
	});
});

/** Each file with its size and the time of its last change. */
function listFiles(folder: string): string[] {
	return fs
		.readdirSync(folder, { recursive: true })
		.map((name) => {
			const { size, mtimeMs } = fs.lstatSync(path.join(folder, String(name)));
			return `${name} ${size} ${mtimeMs}`;
		})
		.sort();
}

/** Writes 30 photos of each class of an archive into a folder with a subfolder for each class. */
function extractPhotos(archive: string, folder: string): void {
	runPython<null>(
		`import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for kind in ("Cat", "Dog"):
        os.makedirs(f"{sys.argv[2]}/{kind}")
        names = [n for n in archive.namelist() if n.startswith(f"PetImages/{kind}/") and n.endswith(".jpg")]
        for name in names[:30]:
            with open(f"{sys.argv[2]}/{kind}/{os.path.basename(name)}", "wb") as file:
                file.write(archive.read(name))
print("null")`,
		[archive, folder],
	);
}
