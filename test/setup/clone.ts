import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { python as realPython, root } from "../support/python";
import type { TestContext } from "../support/server";

const realEnvironment = path.resolve(realPython, "..", "..");
const addonFolder = "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8";

/** How a process ended, and all that it printed. */
export interface Ended {
	readonly code: number | null;
	readonly output: string;
	/** In seconds. */
	readonly took: number;
}

/** A process that runs in a clone. */
export interface Running {
	readonly process: ChildProcess;
	readonly ended: Promise<Ended>;
	/** Waits until the process has printed what the pattern describes. */
	printed(pattern: RegExp): Promise<void>;
}

/**
 * A clone of the project that a test may break: its npm and Python packages are links to the real ones,
 * but whatever the set-up writes lands in the clone. All is set up but the kernel and the weights. Its Python
 * environment looks like an active conda environment.
 */
export class Clone {
	/** What its processes see of the environment: nothing of the user's home, nothing that names data. */
	readonly env: NodeJS.ProcessEnv;

	constructor(readonly root: string) {
		const { CATS_VS_DOGS, MOBILENET_V2_WEIGHTS, INIT_CWD, CXX, ...env } =
			process.env;
		this.env = {
			...env,
			HOME: path.join(root, "home"),
			CONDA_PREFIX: this.environment,
			npm_execpath: "",
			NODE_TEST_CONTEXT: "",
			NO_COLOR: "1",
		};
	}

	get environment(): string {
		return path.join(this.root, "environment");
	}

	get sitePackages(): string {
		const lib = path.join(this.environment, "lib");
		const [version = ""] = fs.readdirSync(lib);
		return path.join(lib, version, "site-packages");
	}

	/** The addon that the set-up builds here. */
	get addon(): string {
		return path.join(this.root, addonFolder, "tfjs_binding.node");
	}

	path(...parts: string[]): string {
		return path.join(this.root, ...parts);
	}

	/** Starts a command with the clone as its folder. */
	start(
		command: string,
		args: readonly string[],
		env: NodeJS.ProcessEnv = {},
	): Running {
		const started = performance.now();
		const child = spawn(command, args, {
			cwd: this.root,
			env: { ...this.env, ...env },
			stdio: ["ignore", "pipe", "pipe"],
		});
		let output = "";
		const take = (text: string) => {
			output += text;
		};
		child.stdout.setEncoding("utf8").on("data", take);
		child.stderr.setEncoding("utf8").on("data", take);
		const ended = once(child, "close").then(([code]) => ({
			code: code as number | null,
			output,
			took: (performance.now() - started) / 1000,
		}));
		const printed = async (pattern: RegExp) => {
			while (!pattern.test(output)) {
				if (child.exitCode !== null)
					throw new Error(`It ended without printing ${pattern}:\n${output}`);
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		};
		return { process: child, ended, printed };
	}

	/** Runs the set-up as `npm run setup` does. */
	setUp(env?: NodeJS.ProcessEnv): Promise<Ended> {
		return this.startSetUp(env).ended;
	}

	startSetUp(env?: NodeJS.ProcessEnv): Running {
		const preload = "./scripts/check-node.cjs";
		return this.start(
			process.execPath,
			["--require", preload, "scripts/setup.mjs"],
			env,
		);
	}

	/** Runs an ES module given as text; it imports the clone's scripts by `./scripts/…`. */
	run(module: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
		return this.start(
			process.execPath,
			["--input-type=module", "--eval", module],
			env,
		).ended;
	}
}

/** Makes a clone in a temporary folder that is removed when the test ends. */
export function makeClone(t: TestContext): Clone {
	const folder = makeFolder(t);
	for (const name of [
		"scripts",
		"lib",
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

/** Makes a temporary folder that is removed when the test ends. */
export function makeFolder(t: TestContext): string {
	// The real path: a system may reach its temporary folder through a link.
	const temporary = fs.realpathSync(os.tmpdir());
	const folder = fs.mkdtempSync(path.join(temporary, "setup-test-"));
	t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Writes a file that begins as an HDF5 file does, and returns its path. */
export function writeHdf5(folder: string): string {
	const file = path.join(folder, "weights.h5");
	fs.writeFileSync(file, Buffer.from("\x89HDF\r\n\x1a\n", "latin1"));
	return file;
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
			!["@tensorflow", "transfer-learning", ".setup.json"].includes(name),
	);
	fs.symlinkSync("../lib", path.join(folder, "transfer-learning"));
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
