import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, before, test } from "node:test";
import { root } from "./support/python";

const copy = fs.mkdtempSync(path.join(os.tmpdir(), "imports-"));
after(() => fs.rmSync(copy, { recursive: true }));

before(() => {
	fs.copyFileSync(path.join(root, "biome.json"), path.join(copy, "biome.json"));
	fs.cpSync(path.join(root, "lib"), path.join(copy, "lib"), {
		recursive: true,
		filter: (file) => !["dist", "node_modules"].includes(path.basename(file)),
	});
});

/** Lints a file of the copy with the project's configuration. */
function lint(file: string) {
	const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[biome, "lint", "--colors=off", "--vcs-enabled=false", file],
		{ cwd: copy, encoding: "utf8" },
	);
	return { status, output: stdout + stderr };
}

for (const [file, name, from] of [
	["lib/archive/archive.ts", "fit", "../training/fit"],
	["lib/download/download.ts", "tf", "../tf"],
	["lib/dataset/dataset.ts", "load", "../sources/load"],
	["lib/training/fit.ts", "show", "../notebook/show"],
	["lib/charts/history_charts.ts", "tf", "../tf"],
	["lib/charts/history_charts.ts", "readFileSync", "node:fs"],
] as const)
	test(`Biome refuses an import of ${from} in ${file}, and names ARCHITECTURE.md`, () => {
		const unplanted = lint(file);
		assert.equal(unplanted.status, 0, unplanted.output);

		const absolute = path.join(copy, file);
		const text = fs.readFileSync(absolute, "utf8");
		const planted = `import { ${name} as planted } from "${from}";\n${text}\nexport const used = planted;\n`;
		fs.writeFileSync(absolute, planted);
		const { status, output } = lint(file);
		fs.writeFileSync(absolute, text);
		assert.equal(status, 1, output);
		assert.match(output, /noRestrictedImports/);
		assert.match(output, /ARCHITECTURE\.md lists what this folder may import/);
	});
