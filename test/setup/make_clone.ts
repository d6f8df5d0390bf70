import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { python as realPython, root } from "../support/python";
import type { TestContext } from "../support/server";
import { Clone } from "./clone";
import { makeFolder } from "./files";

const realEnvironment = path.resolve(realPython, "..", "..");

/** Makes a clone in a temporary folder that is removed when the test ends. Default of `name`: that folder itself. */
export function makeClone(t: TestContext, name = ""): Clone {
	const folder = path.join(makeFolder(t), name);
	fs.mkdirSync(folder, { recursive: true });
	for (const name of [
		"scripts",
		"lib",
		"packages",
		"package.json",
		"package-lock.json",
		"environment.yml",
		"tsconfig.base.json",
		".npmrc",
	])
		copy(path.join(root, name), path.join(folder, name));
	fs.mkdirSync(path.join(folder, "home"));
	fs.mkdirSync(path.join(folder, "data"));
	linkNodePackages(path.join(folder, "node_modules"));
	linkEnvironment(path.join(folder, "environment"));
	return new Clone(folder);
}

function copy(from: string, to: string): void {
	// tfjs-node-gpu's own sources are many files that nothing reads.
	fs.cpSync(from, to, {
		recursive: true,
		filter: (file) => path.basename(file) !== "src",
	});
}

/** Links what npm installed, but for the package that the addon is built into and the project's own. */
function linkNodePackages(folder: string): void {
	linkEach(
		path.join(root, "node_modules"),
		folder,
		(name) =>
			![
				"@tensorflow",
				"drawn-pets",
				"tfjs-on-wheel",
				"transfer-learning",
				".setup.json",
			].includes(name),
	);
	fs.symlinkSync("../lib", path.join(folder, "transfer-learning"));
	for (const name of ["drawn-pets", "tfjs-on-wheel"])
		fs.symlinkSync(`../packages/${name}`, path.join(folder, name));
	const scope = path.join(root, "node_modules", "@tensorflow");
	linkEach(
		scope,
		path.join(folder, "@tensorflow"),
		(name) => name !== "tfjs-node-gpu",
	);
	copy(
		path.join(scope, "tfjs-node-gpu"),
		path.join(folder, "@tensorflow", "tfjs-node-gpu"),
	);
	// As the set-up leaves it after `npm ci`.
	const lock = createHash("sha256")
		.update("package-lock.json\0")
		.update(fs.readFileSync(path.join(root, "package-lock.json")))
		.digest("hex");
	const stamp = { lock, platform: `${process.platform} ${process.arch}` };
	fs.writeFileSync(
		path.join(folder, ".setup.json"),
		`${JSON.stringify(stamp, null, "\t")}\n`,
	);
}

/** Makes a virtual environment whose packages are links to the real one's; pip installs beside them. */
function linkEnvironment(folder: string): void {
	const lib = path.join(realEnvironment, "lib");
	const version = fs
		.readdirSync(lib, { withFileTypes: true })
		.find((entry) => entry.isDirectory() && /^python3\.\d+$/.test(entry.name));
	const packages = path.join("lib", version?.name ?? "", "site-packages");
	linkEach(
		path.join(realEnvironment, packages),
		path.join(folder, packages),
		(name) => name !== "ziglang" && !name.startsWith("ziglang-"),
	);
	const share = path.join("share", "jupyter");
	linkEach(
		path.join(realEnvironment, share),
		path.join(folder, share),
		(name) => name !== "kernels",
	);
	fs.mkdirSync(path.join(folder, "bin"));
	const binary = fs.realpathSync(realPython);
	fs.symlinkSync(binary, path.join(folder, "bin", "python"));
	// https://docs.python.org/3/library/site.html: this file makes a folder an environment of its own.
	fs.writeFileSync(
		path.join(folder, "pyvenv.cfg"),
		`home = ${path.dirname(binary)}\n`,
	);
}

function linkEach(
	from: string,
	to: string,
	wanted: (name: string) => boolean,
): void {
	fs.mkdirSync(to, { recursive: true });
	for (const name of fs.readdirSync(from))
		if (wanted(name))
			fs.symlinkSync(path.join(from, name), path.join(to, name));
}
