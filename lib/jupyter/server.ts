import { setTimeout } from "node:timers/promises";
import { TextDecoder } from "node:util";
import { tellTerminal } from "../terminal_events";
import { type Cell, createCellRunner } from "./cell_runner";
import type { ErrorContent } from "./describe_error";
import type { Message, Server, Socket, Tslab } from "./tslab_parts";

/**
 * How long a failed cell waits, in milliseconds, for the cells that were sent together with it: they are aborted, and may lie
 * unread while a cell computes. tslab itself takes twice as long.
 */
const abortWindow = 100;

/**
 * Creates tslab's server, with these differences: cells run in a `CellRunner`, a failing cell sends an `error`, the cells that
 * wait behind it are aborted, and no message is answered before all sockets are bound.
 *
 * @param connectionFile Jupyter's description of the connection
 */
export function createServer(tslab: Tslab, connectionFile: string): Server {
	/** The cells that have run, `In[1]` first. */
	const cells: Cell[] = [];
	let isClosed = false;
	/** Ends when all cells that were received have run. */
	let queue = Promise.resolve();
	/** The number of times that waiting cells were aborted. */
	let aborts = 0;

	const runner = createCellRunner(tslab, (error, count) => {
		// Thrown values that are no errors have no stack.
		const cell = cells[(count ?? cells.length) - 1];
		cell?.publish("error", { ...error });
		tellTerminal({ event: "late", count: cell?.count, ...error });
	});
	process.on("SIGINT", runner.interrupt);
	const handler = tslab.createHandler(runner.executor);
	// Test tools read the status of every reply.
	const { handleKernel } = handler;
	handler.handleKernel = () => ({
		status: "ok",
		...handleKernel.call(handler),
	});

	const server = tslab.createServer(handler, connectionFile);
	const { init, handleShellMessage, close } = server;
	let bound = Promise.resolve();
	server.init = () => {
		bound = init.call(server);
		return bound;
	};
	// A message can arrive while a socket is not bound yet. Sending on that one fails: the answer is lost, and JupyterLab waits a
	// minute for it after a restart.
	server.handleShellMessage = async (...message) => {
		await bound;
		await handleShellMessage.apply(server, message);
	};
	server.handleExecute = async (socket, request) => {
		const abortsBefore = aborts;
		const run = queue.then(() =>
			aborts > abortsBefore ? { status: "aborted" } : execute(request),
		);
		queue = run.then(() => {});
		send(request, "execute_reply", await run, socket);
	};
	server.close = () => {
		isClosed = true;
		close.call(server);
	};
	return server;

	function send(
		request: Message,
		type: string,
		content: Readonly<Record<string, unknown>>,
		socket: Socket,
	): void {
		// Timers of a cell outlive the connection.
		if (isClosed) return;
		const message = request.createReply();
		message.header.msg_type = type;
		message.content = content;
		message.signAndSend(server.connInfo.key, socket);
	}

	/** @returns the content of the reply */
	async function execute(
		request: Message,
	): Promise<Readonly<Record<string, unknown>>> {
		const { code, stop_on_error = true } = request.content;
		const cell: Cell = {
			count: cells.length + 1,
			code: String(code),
			publish(type, content) {
				send(request, type, content, server.iopub);
			},
		};
		cells.push(cell);
		captureOutput(cell);
		tslab.setWriteDisplayData((content, update) =>
			cell.publish(update ? "update_display_data" : "display_data", content),
		);
		cell.publish("execute_input", {
			code: cell.code,
			execution_count: cell.count,
		});
		const error = await runner.run(cell);
		if (error) {
			cell.publish("error", { ...error });
			if (stop_on_error) await abortWaiting();
		}
		return createReply(cell, error);
	}

	/** Aborts the cells that wait, or arrive within a moment. Those that are sent in answer to the reply come later. */
	async function abortWaiting(): Promise<void> {
		await setTimeout(abortWindow);
		aborts++;
	}
}

function createReply(
	{ count }: Cell,
	error: ErrorContent | undefined,
): Readonly<Record<string, unknown>> {
	return error
		? { status: "error", execution_count: count, ...error }
		: {
				status: "ok",
				execution_count: count,
				user_expressions: {},
				payload: [],
			};
}

/** Sends what is printed from now on to the front ends, as outputs of this cell, also after its end. */
function captureOutput(cell: Cell): void {
	for (const name of ["stdout", "stderr"] as const) {
		const decoder = new TextDecoder();
		process[name].write = (
			chunk: Uint8Array | string,
			encoding?: BufferEncoding | ((error?: Error) => void),
			callback?: (error?: Error) => void,
		) => {
			const text =
				typeof chunk === "string"
					? chunk
					: decoder.decode(chunk, { stream: true });
			cell.publish("stream", { name, text });
			const done = typeof encoding === "function" ? encoding : callback;
			if (done) process.nextTick(done);
			return true;
		};
	}
}
