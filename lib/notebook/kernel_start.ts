import "../load_addon";

// The kernel preloads this file: an error of TensorFlow's addon then says what to do, and the kernel answers from its
// first message on.

/** The part of tslab's server that is changed here: its type is not exported. */
interface KernelServer {
	/** Binds the sockets. */
	init(): Promise<void>;
	handleShellMessage(...message: unknown[]): Promise<void>;
}

/**
 * Makes a kernel's server answer messages only once all its sockets are bound. A message can arrive while one of them is not,
 * and sending on that one fails: the answer is lost, and JupyterLab waits a minute for it after a restart.
 */
function answerWhenBound(server: KernelServer): void {
	const { init, handleShellMessage } = server;
	const bound = new WeakMap<KernelServer, Promise<void>>();
	server.init = function () {
		const binding = init.call(this);
		bound.set(this, binding);
		return binding;
	};
	server.handleShellMessage = async function (...message) {
		await bound.get(this);
		await handleShellMessage.apply(this, message);
	};
}

/** tslab's server; undefined without tslab, or in a version of it that has another one. */
function findServer(): KernelServer | undefined {
	try {
		const { prototype } = require("tslab/dist/jupyter").ZmqServer;
		return prototype.init && prototype.handleShellMessage && prototype;
	} catch {
		return undefined;
	}
}

const server = findServer();
if (server) answerWhenBound(server);

/** Ends the kernel within a second after the Jupyter that started it was killed: it would keep a gigabyte, unseen. */
function endWithJupyter(): void {
	// Jupyter's client sets this variable for the kernels that should not outlive it.
	const parent = Number(process.env.JPY_PARENT_PID);
	if (!parent || process.ppid !== parent) return;
	setInterval(() => {
		if (process.ppid !== parent) process.exit(1);
	}, 1000).unref();
}

endWithJupyter();
