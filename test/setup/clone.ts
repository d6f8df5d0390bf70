import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";

const addonFolder = "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8";

/** How a process ended, and all that it printed. */
export interface Ended {
	readonly code: number | null;
	readonly output: string;
}

/** A process that runs in a clone. */
export interface Running {
	readonly process: ChildProcess;
	readonly ended: Promise<Ended>;
	/** Waits until the process has printed what the pattern describes, and gives that. */
	printed(pattern: RegExp): Promise<RegExpExecArray>;
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
		}));
		const printed = async (pattern: RegExp) => {
			const streams = [child.stdout, child.stderr];
			for (let isOver = false; ; ) {
				const found = pattern.exec(output);
				if (found) return found;
				if (isOver)
					throw new Error(`It ended without printing ${pattern}:\n${output}`);
				isOver = await Promise.race([
					ended.then(() => true),
					...streams.map((stream) => once(stream, "data").then(() => false)),
				]);
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

	/** Writes a command that the clone's `env.PATH` finds before the system's. */
	fake(command: string, script: string): void {
		const folder = this.path("bin");
		fs.mkdirSync(folder, { recursive: true });
		const text = `#!/bin/sh\n${script}\n`;
		fs.writeFileSync(path.join(folder, command), text, { mode: 0o755 });
		this.env.PATH = `${folder}:${process.env.PATH}`;
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
