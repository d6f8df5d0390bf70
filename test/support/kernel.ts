import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { jupyterEnv, python, root } from "./python";

/** A message that a kernel sent about a cell. */
export interface KernelMessage {
	readonly type: string;
	readonly content: {
		readonly text?: string;
		readonly ename?: string;
		readonly evalue?: string;
		readonly traceback?: readonly string[];
		readonly data?: Readonly<Record<string, unknown>>;
		readonly execution_count?: number;
	};
}

/** What became of a cell. */
export interface CellResult {
	readonly reply: KernelMessage["content"] & { readonly status: string };
	readonly messages: readonly KernelMessage[];
}

/**
 * Runs cells in one kernel of the project.
 *
 * @param together sends all cells at once, as JupyterLab's Run All Cells does
 */
export async function runInKernel(
	cells: readonly string[],
	together = false,
): Promise<{ info: { status: string }; results: CellResult[] }> {
	const script = `
import atexit, json, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name='tslab', cwd=sys.argv[1])
atexit.register(manager.shutdown_kernel, now=True)
info = client.kernel_info(reply=True, timeout=60)['content']
cells = json.loads(sys.argv[2])
results = []
if json.loads(sys.argv[3]):
    ids = [client.execute(source) for source in cells]
    replies = {}
    while len(replies) < len(ids):
        reply = client.get_shell_msg(timeout=60)
        replies[reply['parent_header']['msg_id']] = reply['content']
    messages = {id: [] for id in ids}
    idle = 0
    while idle < len(ids):
        message = client.get_iopub_msg(timeout=60)
        if message['parent_header'].get('msg_id') not in messages: continue
        idle += message['content'].get('execution_state') == 'idle'
        messages[message['parent_header']['msg_id']].append(message)
    results = [(replies[id], messages[id]) for id in ids]
else:
    for source in cells:
        messages = []
        reply = client.execute_interactive(source, output_hook=messages.append, timeout=60)
        results.append((reply['content'], messages))
show = lambda messages: [{'type': m['msg_type'], 'content': m['content']} for m in messages if m['msg_type'] != 'status']
print(json.dumps({'info': info, 'results': [{'reply': r, 'messages': show(m)} for r, m in results]}))`;
	const { stdout } = await promisify(execFile)(
		python,
		["-c", script, `${root}/notebooks`, JSON.stringify(cells), `${together}`],
		{ env: { ...process.env, ...jupyterEnv }, maxBuffer: 1 << 28 },
	);
	return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}
