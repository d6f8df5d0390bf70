import { createRequire } from "node:module";

// The only file that knows which parts of tslab's insides the kernel uses. The types are those of these parts alone.

/** The version of tslab whose parts are used. */
const knownVersion = "1.0.22";

/** A socket, which only tslab uses. */
export type Socket = unknown;

/** A message of Jupyter's protocol. */
export interface Message {
	readonly header: { msg_type: string };
	content: Readonly<Record<string, unknown>>;
	/** Creates a message whose parent is this one. */
	createReply(): Message;
	signAndSend(key: string, socket: Socket): void;
}

/** tslab's server: it receives messages and answers them. */
export interface Server {
	readonly connInfo: { readonly key: string };
	/** The socket for outputs. */
	readonly iopub: Socket;
	/** Binds the sockets. */
	init(): Promise<void>;
	handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void>;
	handleExecute(socket: Socket, request: Message): Promise<void>;
	/** Closes the sockets, after which the process ends when it has nothing left to do. */
	close(): void;
}

/** What tslab's server asks about everything but the execution of cells. */
export interface Handler {
	handleKernel(): Readonly<Record<string, unknown>>;
}

/** A place in a cell, counted from 0. */
interface Position {
	readonly line: number;
	readonly character: number;
}

/** A complaint of TypeScript. */
export interface Diagnostic {
	readonly start: Position;
	readonly end: Position;
	readonly messageText: string;
	readonly code: number;
	/** The file, if it is not the cell. */
	readonly fileName?: string;
}

/** A compiled cell; one with diagnostics has no output. */
export interface Converted {
	readonly diagnostics: readonly Diagnostic[];
	readonly output?: string;
}

/** Compiles cells. */
export interface Converter {
	convert(previous: string, code: string): Converted;
	close(): void;
}

/** Runs cells. */
export interface Executor {
	/** @returns false if the cell failed; the error was given to the console */
	execute(code: string): Promise<boolean>;
	/** Makes the running cell fail, if it awaits something. */
	interrupt(): void;
}

/** The console of an executor. */
export interface ExecutorConsole {
	/** Takes the value of a cell's last expression. */
	log(value: unknown): void;
	/** Takes what a cell threw as its only argument, or the parts of a diagnostic. */
	error(...parts: unknown[]): void;
}

/** Sends an output of the running cell. */
export type WriteDisplayData = (
	content: Readonly<Record<string, unknown>>,
	update: boolean,
) => void;

/** The parts of tslab that the kernel uses. */
export interface Tslab {
	createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
	createExecutor(
		folder: string,
		converters: { node: Converter; browser: Converter; close(): void },
		console: ExecutorConsole,
	): Executor;
	createHandler(executor: Executor): Handler;
	createServer(handler: Handler, connectionFile: string): Server;
	/** Sets where `display` of tslab's own API sends outputs to. */
	setWriteDisplayData(write: WriteDisplayData): void;
	/** The two source maps of the cell that was compiled last: to ES modules, and from these to CommonJS. */
	latestSourceMaps(): readonly string[];
}

/** The part of tslab's TypeScript that compiles cells. */
interface TypeScript {
	createWatchCompilerHost(
		files: unknown,
		options: object,
		...rest: unknown[]
	): unknown;
	transpileModule(
		code: string,
		options: { compilerOptions: object },
	): { outputText: string };
}

/**
 * Loads the parts.
 *
 * @throws Error if tslab has another version, or one without such a part
 */
export function loadTslab(): Tslab {
	const { version } = require("tslab/package.json");
	if (version !== knownVersion)
		throw new Error(`tslab is ${version}, not ${knownVersion}`);
	const typeScript = findTypeScript();
	const latestSourceMaps = keepSourceMaps(typeScript);
	const jupyter = require("tslab/dist/jupyter");
	const { createConverter } = require("tslab/dist/converter");
	const { createExecutor } = require("tslab/dist/executor");
	const { ZmqServer, JupyterHandlerImpl } = jupyter;
	const parts = {
		createConverter,
		createExecutor,
		"JupyterHandlerImpl.handleKernel":
			JupyterHandlerImpl?.prototype.handleKernel,
		"ZmqServer.init": ZmqServer?.prototype.init,
		"ZmqServer.handleShellMessage": ZmqServer?.prototype.handleShellMessage,
		"ZmqServer.handleExecute": ZmqServer?.prototype.handleExecute,
		"ZmqServer.close": ZmqServer?.prototype.close,
	};
	for (const [name, part] of Object.entries(parts))
		if (typeof part !== "function") throw new Error(`tslab has no ${name}`);
	return {
		createConverter,
		createExecutor,
		createHandler: (executor) => new JupyterHandlerImpl(executor, false),
		createServer: (handler, file) => new ZmqServer(handler, file),
		setWriteDisplayData(write) {
			jupyter.lastWriteDisplayData = write;
		},
		latestSourceMaps,
	};
}

/** Starts tslab's kernel without changes. */
export function startPlainTslab(connectionFile: string): void {
	require("tslab/dist/main").startKernel({
		configPath: connectionFile,
		enableFindLocal: false,
		jsKernel: false,
	});
}

/** The file of tslab's TypeScript. */
function findTypeScript(): string {
	return createRequire(require.resolve("tslab/package.json")).resolve(
		"@tslab/typescript-for-tslab",
	);
}

/**
 * Makes tslab's TypeScript write source maps, which tslab does not ask for. Must be called before tslab's converter is loaded.
 *
 * @returns a function that returns those of the last cell
 */
function keepSourceMaps(file: string): () => readonly string[] {
	const typeScript: TypeScript = require(file);
	let latest: readonly string[] = [];
	const changed: TypeScript = {
		...typeScript,
		createWatchCompilerHost: (files, options, ...rest) =>
			typeScript.createWatchCompilerHost(
				files,
				{ ...options, inlineSourceMap: true },
				...rest,
			),
		// tslab calls it for files that a cell imports first, and for the cell last.
		transpileModule(code, { compilerOptions, ...rest }) {
			const [module, first] = cutSourceMap(code);
			const result = typeScript.transpileModule(module, {
				...rest,
				compilerOptions: { ...compilerOptions, inlineSourceMap: true },
			});
			const [outputText, second] = cutSourceMap(result.outputText);
			latest = [first, second];
			return { ...result, outputText };
		},
	};
	// Its properties are read-only, so that a copy takes its place.
	const loaded = require.cache[file];
	if (!loaded) throw new Error("tslab's TypeScript is no CommonJS module");
	loaded.exports = changed;
	return () => latest;
}

const mapComment = "//# sourceMappingURL=data:application/json;base64,";

/** Cuts the source map off the end of compiled code. */
function cutSourceMap(code: string): [code: string, map: string] {
	const at = code.lastIndexOf(mapComment);
	if (at < 0) throw new Error("tslab's TypeScript wrote no source map");
	const map = code.slice(at + mapComment.length).trim();
	return [code.slice(0, at), Buffer.from(map, "base64").toString()];
}
