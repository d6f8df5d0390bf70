import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import { root, runPython } from "../support/python";

const file = path.join(root, "environment.yml");
const parser = import("../../scripts/setup/requirements.mjs");

/** Puts lines under `dependencies:`. */
const dependencies = (...lines: string[]) =>
	["name: x", "dependencies:", ...lines, ""].join("\n");

test("environment.yml's packages are read as a YAML parser reads them", async () => {
	// JupyterLab brings a YAML parser along.
	const [python, pip] = runPython<[string, string[]]>(
		`import json, sys, yaml
items = yaml.safe_load(open(sys.argv[1]))["dependencies"]
print(json.dumps([next(i for i in items if str(i).startswith("python ")), next(i["pip"] for i in items if isinstance(i, dict))]))`,
		[file],
	);
	const { readRequirements } = await parser;
	const { oldestMinor, newestMinor, packages } = readRequirements();
	assert.deepEqual(packages, pip);
	assert.equal(python, `python >=3.${oldestMinor},<3.${newestMinor + 1}`);
});

test("environment.yml may have Windows line ends, comments and more indentation", async () => {
	const { parseRequirements } = await parser;
	const text = dependencies(
		"    - python >=3.9,<3.12 # why",
		"    # a remark",
		"",
		"    - pip",
		"    - pip:",
		"        - a-b.c==1.0+cpu # not #2",
		"    - nodejs",
	).replaceAll("\n", "\r\n");
	assert.deepEqual(parseRequirements(text), {
		oldestMinor: 9,
		newestMinor: 11,
		packages: ["a-b.c==1.0+cpu"],
	});
});

test("a package without an exact version is refused with its line", async () => {
	const { parseRequirements } = await parser;
	for (const item of ["- plotly", "- plotly>=7", "- -r more.txt"])
		assert.throws(
			() =>
				parseRequirements(
					dependencies(
						"  - python >=3.10,<3.14",
						"  - pip:",
						"      - a==1",
						`      ${item}`,
					),
				),
			{ name: "UserError", message: new RegExp(`line 6: "${item}" is no`) },
		);
});

test("an environment.yml without Python or packages is refused", async () => {
	const { parseRequirements } = await parser;
	assert.throws(
		() => parseRequirements(dependencies("  - pip:", "      - a==1")),
		{ name: "UserError", message: /does not say which Python/ },
	);
	assert.throws(
		() => parseRequirements(dependencies("  - python >=3.10,<3.14")),
		{ name: "UserError", message: /has no pip: list/ },
	);
	// A version range of another form must not pass for none.
	assert.throws(
		() =>
			parseRequirements(
				dependencies("  - python =3.11", "  - pip:", "      - a==1"),
			),
		{ name: "UserError", message: /python >=3\.10,<3\.14/ },
	);
});

test("the project's packages are all in the environment that the tests use", async () => {
	const { readRequirements } = await parser;
	const versions = runPython<Record<string, string>>(
		`import importlib.metadata, json, sys
print(json.dumps({name: importlib.metadata.version(name) for name in sys.argv[1:]}))`,
		readRequirements().packages.map((item) => item.split("==")[0] ?? ""),
	);
	assert.deepEqual(
		Object.entries(versions).map(([name, version]) => `${name}==${version}`),
		readRequirements().packages,
	);
	assert.ok(fs.existsSync(file));
});
