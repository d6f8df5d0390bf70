import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { root } from "../support/python";

test("npm ci runs no script of a package, though some packages have one", (t) => {
	const { packages } = JSON.parse(
		fs.readFileSync(path.join(root, "package-lock.json"), "utf8"),
	) as { packages: Record<string, { hasInstallScript?: boolean }> };
	const withScript = Object.keys(packages).filter(
		(name) => packages[name]?.hasInstallScript,
	);
	assert.ok(
		withScript.includes("node_modules/@tensorflow/tfjs-node-gpu"),
		"otherwise there is nothing to ignore",
	);

	const folder = fs.mkdtempSync(path.join(os.tmpdir(), "install-scripts-"));
	t.after(() => fs.rmSync(folder, { recursive: true }));
	const nosy = path.join(folder, "nosy");
	const scripts = Object.fromEntries(
		["preinstall", "install", "postinstall"].map((name) => [
			name,
			`node -e "require('fs').writeFileSync('${path.join(folder, "ran")}', '')"`,
		]),
	);
	const write = (file: string, json: object) =>
		fs.writeFileSync(file, JSON.stringify(json));
	fs.mkdirSync(nosy);
	write(path.join(nosy, "package.json"), {
		name: "nosy",
		version: "1.0.0",
		scripts,
	});
	write(path.join(folder, "package.json"), {
		dependencies: { nosy: "file:nosy" },
	});
	const install = () =>
		spawnSync("npm", ["install", "--no-audit", "--no-fund", "--offline"], {
			cwd: folder,
			encoding: "utf8",
			// As a user's npm, not as that of the command that runs this test.
			env: Object.fromEntries(
				Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)),
			),
		});
	fs.copyFileSync(path.join(root, ".npmrc"), path.join(folder, ".npmrc"));
	assert.equal(install().status, 0);
	assert.equal(fs.existsSync(path.join(folder, "ran")), false);

	fs.rmSync(path.join(folder, ".npmrc"));
	fs.rmSync(path.join(folder, "node_modules"), { recursive: true });
	fs.rmSync(path.join(folder, "package-lock.json"));
	assert.equal(install().status, 0);
	assert.ok(
		fs.existsSync(path.join(folder, "ran")),
		"without .npmrc the script runs",
	);
});
